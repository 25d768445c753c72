import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { captionsOf, cardOf, edit, makeDemo, openDemo, scoresOf } from '../testing/sample-demo';
import { textsOf } from './cards';
import type { Demo } from './demo';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('captions', () => {
  it('answers what was typed after a pause, and not every letter of it', async () => {
    const { demo, session } = await openDemo();
    for (const text of ['s', 'so', 'something else']) {
      edit(demo, 0, text);
      await vi.advanceTimersByTimeAsync(140);
    }
    expect(demo.answer(cardOf(demo)).state).toBe('stale');
    expect(session.scored).toEqual([]);
    await vi.advanceTimersByTimeAsync(20);
    expect(demo.answer(cardOf(demo)).state).toBe('current');
    expect(scoresOf(demo)).toEqual([14, 6]);
    expect(session.scored).toEqual([['something else', 'a lion']]);
  });

  it('answers at once what is submitted, with the draft as one of the prompts', async () => {
    const { demo, session } = await openDemo();
    await demo.captions.submit(edit(demo, 2, 'my own'));
    expect(scoresOf(demo)).toEqual([5, 6, 6]);
    expect(cardOf(demo).prompts.map(({ text }) => text)).toEqual(['a cat', 'a lion', 'my own', '']);
    await vi.advanceTimersByTimeAsync(1000);
    expect(session.scored).toEqual([['a cat', 'a lion', 'my own']]);
  });

  it('adds what was pasted, and answers it', async () => {
    const { demo, session } = await openDemo();
    await demo.captions.add(cardOf(demo).key, ['one', 'two']);
    expect(captionsOf(demo)).toEqual(['a cat', 'a lion', 'one', 'two']);
    expect(session.scored).toHaveLength(1);
    expect(demo.settled).toBe(true);
  });

  it('computes nothing for a card that is gone, or once it is closed', async () => {
    const { demo, session } = await openDemo('#image=cat&image=dog');
    demo.remove(edit(demo, 0, 'one'));
    edit(demo, 0, 'two');
    demo.close();
    await vi.advanceTimersByTimeAsync(1000);
    expect(session.scored).toEqual([]);
  });

  it('says so where a model answers its example prompts only', async () => {
    const { demo, session } = await openDemo();
    session.encoder = { status: 'absent' };
    await demo.captions.submit(edit(demo, 0, 'something else'));
    expect(demo.messages.list.map(({ kind, text, offer }) => [kind, text, offer])).toEqual([
      [
        'warning',
        'Model tiny answers its example captions only. Use “Reset” to bring them back.',
        undefined,
      ],
    ]);
    expect(demo.answer(cardOf(demo)).state).toBe('stale');
    expect(session.scored).toEqual([]);
    demo.captions.reset(cardOf(demo).key);
    expect(demo.settled).toBe(true);
  });

  it('keeps a prompt through a model that cannot answer it, for one that can', async () => {
    const { demo, sessions } = makeDemo((session) => {
      if (session.model.id === 'small') session.encoder = { status: 'absent' };
    });
    await demo.restore('#image=cat&prompt=something%20else');
    await demo.chooseModel('small');
    expect(demo.answer(cardOf(demo)).state).toBe('stale');
    expect(demo.messages.list).toHaveLength(1);
    await demo.chooseModel('tiny');
    expect(captionsOf(demo)).toEqual(['something else']);
    await demo.captions.submit(cardOf(demo).key);
    expect(demo.settled).toBe(true);
    expect(sessions.map(({ scored }) => scored.length)).toEqual([0, 1, 0, 1]);
  });

  it('answers at once where every prompt is known, and leaves out blank ones', async () => {
    const { demo, session } = await openDemo();
    const key = edit(demo, 0, 'a dog');
    expect(scoresOf(demo)).toEqual([5, 6]);
    edit(demo, 1, '  ');
    expect(demo.settled).toBe(true);
    expect(scoresOf(demo)).toEqual([5]);
    demo.captions.remove(key, cardOf(demo).prompts[0]?.key ?? 0);
    expect(scoresOf(demo)).toEqual([]);
    expect(demo.settled).toBe(true);
    demo.captions.reset(key);
    expect(captionsOf(demo)).toEqual(['a cat', 'a lion']);
    expect(session.scored).toEqual([]);
  });

  it('does not show an answer to prompts that have changed since', async () => {
    const { demo, session } = await openDemo();
    session.hold = true;
    const computing = demo.captions.submit(edit(demo, 0, 'first'));
    expect(demo.answer(cardOf(demo)).state).toBe('computing');
    edit(demo, 0, 'second');
    session.release?.();
    await computing;
    expect(demo.answer(cardOf(demo)).state).toBe('stale');
  });

  it('uses an answer that came while a blank prompt was removed', async () => {
    const { demo, session } = await openDemo();
    session.hold = true;
    const computing = demo.captions.submit(edit(demo, 0, 'first'));
    demo.captions.remove(cardOf(demo).key, cardOf(demo).prompts[2]?.key ?? 0);
    session.release?.();
    await computing;
    expect(demo.answer(cardOf(demo)).state).toBe('current');
  });

  it('knows of each prompt whether it uses what the vocabulary was cut of', async () => {
    const { demo } = await openDemo();
    const { key, prompts } = cardOf(demo);
    const edited = prompts[0]?.key ?? 0;
    demo.captions.edit(key, edited, 'eine Straße');
    await demo.captions.submit(key);
    const short = [...demo.answer(cardOf(demo)).scores].map(([at, score]) => [
      at,
      score.remarks.cutShort,
    ]);
    const shown = prompts.filter(({ text }) => text);
    expect(short).toEqual(shown.map((field) => [field.key, field.key === edited]));
  });

  it.each([
    [
      'a caption',
      (demo: Demo, key: number) => {
        demo.captions.remove(key, cardOf(demo).prompts[0]?.key ?? 0);
      },
    ],
    [
      'all captions',
      (demo: Demo, key: number) => {
        demo.captions.reset(key);
      },
    ],
    [
      'captions, by a set',
      (demo: Demo, key: number) => {
        demo.captions.showSet(key, 'Animals');
      },
    ],
    [
      'a picture',
      (demo: Demo, key: number) => {
        demo.remove(key);
      },
    ],
  ])('brings %s back that was taken away', async (_, take) => {
    const { demo } = await openDemo('#image=cat&image=dog');
    await demo.captions.submit(edit(demo, 2, 'my own'));
    const before = demo.visit.fragment;
    take(demo, cardOf(demo).key);
    expect(demo.visit.fragment).not.toBe(before);
    expect(demo.messages.list.map(({ kind, offer }) => [kind, offer])).toEqual([['note', 'undo']]);
    demo.undo();
    await vi.advanceTimersByTimeAsync(0);
    expect([demo.visit.fragment, demo.messages.list]).toEqual([before, []]);
    expect(demo.settled).toBe(true);
    demo.undo();
    expect(demo.visit.fragment).toBe(before);
  });

  it('answers the captions of a set without the encoder', async () => {
    const { demo, session } = await openDemo('#image=dog');
    demo.captions.showSet(cardOf(demo).key, 'Animals');
    expect(demo.cards.map(textsOf)).toEqual([['a cat', 'a dog']]);
    expect(demo.settled).toBe(true);
    expect(session.scored).toEqual([]);
    // Nothing was lost that the list does not bring back.
    expect(demo.messages.list).toEqual([]);
    demo.captions.reset(cardOf(demo).key);
    expect([demo.cards.map(textsOf), demo.messages.list]).toEqual([[['a dog']], []]);
    demo.captions.showSet(cardOf(demo).key, 'Animals');
    demo.captions.showSet(cardOf(demo).key, 'none of that name');
    expect(demo.cards.map(textsOf)).toEqual([['a cat', 'a dog']]);
  });

  it('undoes at once how a caption was moved, step by step', async () => {
    const { demo, session } = await openDemo('#image=cat&prompt=one&prompt=two&prompt=three');
    const { key, prompts } = cardOf(demo);
    const answer = demo.answer(cardOf(demo));
    const [one = 0, two = 0] = prompts.map((field) => field.key);
    demo.captions.move(key, one, 1);
    demo.captions.move(key, one, 2);
    expect(captionsOf(demo)).toEqual(['two', 'three', 'one']);
    expect(demo.messages.list.map(({ text }) => text)).toEqual(['The captions were reordered.']);
    // Nothing is computed for it.
    expect([demo.answer(cardOf(demo)), session.scored.length]).toEqual([answer, 1]);
    demo.undo();
    expect(captionsOf(demo)).toEqual(['one', 'two', 'three']);
    demo.captions.move(key, one, 1);
    demo.captions.move(key, two, 2);
    expect(captionsOf(demo)).toEqual(['one', 'three', 'two']);
    demo.undo();
    expect(captionsOf(demo)).toEqual(['two', 'one', 'three']);
  });

  it('offers only the last thing that was taken away', async () => {
    const { demo } = await openDemo('#image=cat&image=dog');
    demo.captions.reset(edit(demo, 2, 'my own'));
    demo.captions.remove(cardOf(demo).key, cardOf(demo).prompts[0]?.key ?? 0);
    expect(demo.messages.list.map(({ text }) => text)).toEqual(['“a cat” was removed.']);
    demo.undo();
    expect(demo.cards.map(textsOf)).toEqual([['a cat', 'a lion'], ['a dog']]);
  });

  it('offers nothing for a blank caption', async () => {
    const { demo } = await openDemo();
    demo.captions.remove(edit(demo, 0, ' '), cardOf(demo).prompts[0]?.key ?? 0);
    expect(demo.messages.list).toEqual([]);
  });
});
