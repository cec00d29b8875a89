/** The icons of the chat's box, each a line in a square of 24: in the chat, and where the console shows what visitors see. */
export const BOX_LINES = {
  attach: 'm19 11-7.5 7.5a4 4 0 0 1-6-6l8-8a2.7 2.7 0 0 1 4 4l-7.5 7.5a1 1 0 0 1-2-2l6-6',
  emoji: 'M12 4a8 8 0 1 0 .1 0M8.5 14q3.5 4 7 0m-6-4.5v.1m5-.1v.1',
  voice: 'M9.5 6.5a2.5 2.5 0 0 1 5 0v5a2.5 2.5 0 0 1-5 0Zm-3 5a5.5 5.5 0 0 0 11 0M12 17v3',
  send: 'M5 12h13m-5-5.5 5.5 5.5-5.5 5.5',
};
