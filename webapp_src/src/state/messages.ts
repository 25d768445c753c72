/** Something to tell the visitor that stays until it is dismissed. */
export interface Message {
  readonly key: number;
  readonly kind: 'warning' | 'error';
  readonly text: string;
  /** Whether the visitor is offered to try again. */
  readonly retry: boolean;
}

/** Adds a message last; one with the same text is replaced. */
export function addMessage(
  messages: readonly Message[],
  message: Omit<Message, 'key'>,
): readonly Message[] {
  const key = 1 + Math.max(0, ...messages.map((other) => other.key));
  return [...messages.filter(({ text }) => text !== message.text), { ...message, key }];
}
