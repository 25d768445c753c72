import { expect, it } from 'vitest';
import { addMessage, type Message } from './messages';

it('adds a message last and says the same thing once', () => {
  let messages: readonly Message[] = [];
  for (const text of ['one', 'two', 'one']) {
    messages = addMessage(messages, { kind: 'warning', text });
  }
  expect(messages.map(({ text }) => text)).toEqual(['two', 'one']);
  expect(new Set(messages.map(({ key }) => key)).size).toBe(2);
});

it('keeps no more than a visitor can read', () => {
  let messages: readonly Message[] = [];
  for (let i = 0; i < 20_000; i++) {
    messages = addMessage(messages, { kind: 'warning', text: `Number ${i}` });
  }
  expect(messages).toHaveLength(6);
  expect(messages.at(-1)?.text).toBe('Number 19999');
});
