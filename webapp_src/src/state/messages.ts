/** Something to tell the visitor that stays until it is dismissed. */
export interface Message {
  readonly key: number;
  readonly kind: 'note' | 'warning' | 'error';
  readonly text: string;
  /** What the visitor is offered: to try again, to have back what was removed, or the site as it is now. */
  readonly offer?: 'retry' | 'undo' | 'reload';
}

/** More would cover the page. */
const MOST = 6;

/** Adds a message last; one with the same text is replaced, and the oldest of too many are dropped. */
export function addMessage(
  messages: readonly Message[],
  message: Omit<Message, 'key'>,
): readonly Message[] {
  const key = 1 + Math.max(0, ...messages.map((other) => other.key));
  const others = messages.filter(({ text }) => text !== message.text);
  return [...others, { ...message, key }].slice(-MOST);
}
