/** A message of one to three emoji and nothing else, which is shown larger. */
export const onlyEmoji = (text: string): boolean =>
  /^((\p{RI}{2}|\p{ExtPict}[\uFE0F\p{EMod}]?(\u200D\p{ExtPict}[\uFE0F\p{EMod}]?)*) ?){1,3}$/u.test(text);
