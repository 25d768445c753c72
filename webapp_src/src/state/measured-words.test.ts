import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cardOf, edit, openDemo } from '../testing/sample-demo';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('measured words', () => {
  it('measures the words of captions when asked, until they change', async () => {
    const { demo } = await openDemo('#image=cat');
    const [cat, lion] = cardOf(demo).prompts;
    await demo.words.toggle(cardOf(demo).key);
    expect([...demo.words.of(cardOf(demo)).keys()]).toEqual([cat?.key, lion?.key]);
    edit(demo, 0, 'a big cat');
    expect([...demo.words.of(cardOf(demo)).keys()]).toEqual([lion?.key]);
    await demo.words.toggle(cardOf(demo).key);
    expect(demo.words.of(cardOf(demo)).size).toBe(0);
  });

  it('says why words could not be measured', async () => {
    const { demo, session } = await openDemo('#image=cat');
    session.scoreError = new Error('The network failed.');
    await demo.words.toggle(cardOf(demo).key);
    expect(demo.messages.list.map(({ text }) => text)).toEqual(['The network failed.']);
  });
});
