import { expect, it, vi } from 'vitest';
import { Messages } from './messages';

it('adds a message last and says the same thing once', () => {
  const onChange = vi.fn();
  const messages = new Messages(onChange);
  for (const text of ['one', 'two', 'one']) messages.warn(text);
  expect(messages.list.map(({ text }) => text)).toEqual(['two', 'one']);
  expect(new Set(messages.list.map(({ key }) => key)).size).toBe(2);
  expect(onChange).toHaveBeenCalledTimes(3);
});

it('keeps no more than a visitor can read', () => {
  const messages = new Messages(() => undefined);
  for (let i = 0; i < 20_000; i++) messages.warn(`Number ${i}`);
  expect(messages.list).toHaveLength(6);
  expect(messages.list.at(-1)?.text).toBe('Number 19999');
});

it('takes back an offer, or one message', () => {
  const messages = new Messages(() => undefined);
  messages.tellFailure(new Error('The network failed.'));
  messages.warn('one');
  messages.warn('two');
  messages.withdraw('retry');
  expect(messages.list.map(({ text }) => text)).toEqual(['one', 'two']);
  messages.dismiss(messages.list[0]?.key ?? 0);
  expect(messages.list.map(({ text }) => text)).toEqual(['two']);
});
