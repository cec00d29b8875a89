/** In which thread one goes on writing: its box takes the focus when it is drawn, as after a conversation was created. */
let next: number | null = null;

export function writeNextIn(owner: number): void {
  next = owner;
}

/** Whether it is this thread's; asked once. */
export function isNext(owner: number): boolean {
  const found = next === owner;
  if (found) next = null;
  return found;
}
