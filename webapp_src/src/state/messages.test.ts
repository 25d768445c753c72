import { expect, it } from 'vitest';
import { addMessage, type Message } from './messages';

it('adds a message last and says the same thing once', () => {
  let messages: readonly Message[] = [];
  for (const text of ['one', 'two', 'one']) {
    messages = addMessage(messages, { kind: 'warning', text, retry: false });
  }
  expect(messages.map(({ text }) => text)).toEqual(['two', 'one']);
  expect(new Set(messages.map(({ key }) => key)).size).toBe(2);
});
