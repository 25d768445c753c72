import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Model, SiteManifest } from '../generated/manifest';
import type { EncoderStatus } from '../inference/encoder-status';
import type { Remarks } from '../inference/scoring';
import type { EmbeddedPicture } from '../inference/image-encoder.worker';
import { makeImageEncoder } from '../testing/sample-image-encoder';
import { makeManifest } from '../testing/sample-manifest';
import { textsOf, type Card } from './cards';
import { Demo, type Session } from './demo';

/** Knows the examples, and any text once it was scored; each text's score is its length. */
class FakeSession implements Session {
  encoder: EncoderStatus = { status: 'idle' };
  closed = false;
  warmed = 0;
  openError: Error | undefined;
  scoreError: Error | undefined;
  /** Resolves the scores being waited for. */
  release: (() => void) | undefined;
  hold = false;
  readonly scored: string[][] = [];
  imageEncoder: EncoderStatus = { status: 'idle' };
  readonly pictures: string[] = [];
  private readonly known = new Set(['a cat', 'a lion', 'a dog']);

  constructor(readonly model: Model) {}

  open(): Promise<void> {
    return this.openError ? Promise.reject(this.openError) : Promise.resolve();
  }

  scoreKnown(_: string, texts: readonly string[]): number[] | undefined {
    return texts.every((text) => this.known.has(text))
      ? texts.map((text) => text.length)
      : undefined;
  }

  async score(_: string, texts: readonly string[]): Promise<number[]> {
    this.scored.push([...texts]);
    if (this.scoreError) throw this.scoreError;
    if (this.hold) await new Promise<void>((resolve) => (this.release = resolve));
    for (const text of texts) this.known.add(text);
    return texts.map((text) => text.length);
  }

  cosines(_: string, texts: readonly string[]): Promise<number[]> {
    if (this.scoreError) return Promise.reject(this.scoreError);
    return Promise.resolve(texts.map((text) => text.length));
  }

  remarksOn(_: string, text: string): Remarks {
    return { cutShort: text.includes('ß'), unreadFrom: undefined, percentile: undefined };
  }

  findImages(text: string): Promise<string[]> {
    if (this.scoreError) return Promise.reject(this.scoreError);
    return Promise.resolve(text === 'a dog' ? ['dog', 'cat'] : ['cat', 'dog']);
  }

  similarImages(id: string): string[] {
    return id === 'dog' ? ['dog', 'cat'] : ['cat', 'dog'];
  }

  addPicture(id: string, file: Blob): Promise<EmbeddedPicture> {
    this.pictures.push(id);
    return Promise.resolve({ row: Float32Array.of(1, 0), shown: file, side: 100 });
  }

  warm(): Promise<void> {
    this.warmed += 1;
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
  }
}

/** What the server has when the visitor tries again. */
let renewManifest: () => Promise<SiteManifest>;

let renewed: string[];

/** The keys of the cards of own pictures, as they came. */
let invited: number[];

beforeEach(() => {
  vi.useFakeTimers();
  renewed = [];
  invited = [];
  renewManifest = () => Promise.resolve(makeManifest());
});

afterEach(() => {
  vi.useRealTimers();
});

function makeDemo(
  configure?: (session: FakeSession) => void,
  manifest = makeManifest(),
): {
  demo: Demo;
  sessions: FakeSession[];
} {
  const sessions: FakeSession[] = [];
  const demo = new Demo(manifest, {
    openSession(_manifest, model) {
      const session = new FakeSession(model);
      configure?.(session);
      sessions.push(session);
      return session;
    },
    renewManifest: () => renewManifest(),
    renewPicture(url) {
      renewed.push(url);
      return Promise.resolve();
    },
    onChange: () => undefined,
    onOwnPicture: (key) => invited.push(key),
  });
  return { demo, sessions };
}

async function openDemo(
  fragment = '',
): Promise<{ demo: Demo; session: FakeSession; sessions: FakeSession[] }> {
  const { demo, sessions } = makeDemo();
  await demo.restore(fragment);
  const session = sessions.at(-1);
  if (!session) throw new Error('No session was opened.');
  return { demo, session, sessions };
}

function cardOf(demo: Demo, index = 0): Card {
  const card = demo.cards[index];
  if (!card) throw new Error(`There is no card ${index}.`);
  return card;
}

function scoresOf(demo: Demo, index = 0): number[] {
  return [...demo.answer(cardOf(demo, index)).scores.values()].map((score) => score.probability);
}

function edit(demo: Demo, place: number, text: string): number {
  const card = cardOf(demo);
  demo.editPrompt(card.key, card.prompts[place]?.key ?? 0, text);
  return card.key;
}

describe('a demo', () => {
  it('goes on where another page left off', async () => {
    const { demo } = await openDemo();
    edit(demo, 0, 'a cat in a hat');
    demo.openImage('dog');
    demo.gallery.find('snow');
    const { handover, fragment } = demo;
    expect(handover).toEqual({
      left: [{ imageId: 'cat', texts: ['a cat in a hat', 'a lion'] }],
      find: 'snow',
    });
    const { demo: next } = makeDemo();
    const restored = next.restore(fragment);
    next.takeOver({ ...handover, left: [...handover.left, { imageId: 'gone', texts: [] }] });
    await restored;
    expect(next.cards.map(({ imageId }) => imageId)).toEqual(['dog']);
    expect(next.gallery.text).toBe('snow');
    next.openImage('cat');
    expect(textsOf(cardOf(next))).toEqual(['a cat in a hat', 'a lion']);
    expect(next.handover.left.map(({ imageId }) => imageId)).toEqual(['dog']);
  });

  it('begins with the first picture, answered without the encoder', async () => {
    const { demo, session } = await openDemo();
    expect(demo.cards.map(({ imageId }) => imageId)).toEqual(['cat']);
    expect(scoresOf(demo)).toEqual([5, 6]);
    expect(demo.settled).toBe(true);
    expect(session.scored).toEqual([]);
    expect(session.warmed).toBe(0);
  });

  it('restores a link and computes what it holds', async () => {
    const { demo, session } = await openDemo('#model=small&image=dog&prompt=new&image=cat');
    expect(demo.model.id).toBe('small');
    expect(demo.cards.map(textsOf)).toEqual([['new'], ['a cat', 'a lion']]);
    expect(session.scored).toEqual([['new']]);
    expect(demo.settled).toBe(true);
    expect(demo.fragment).toBe('#v=1&model=small&image=dog&prompt=new&image=cat');
  });

  it('warns of a link to what it does not have', async () => {
    const { demo } = await openDemo('#image=unicorn');
    expect(demo.messages.map(({ kind, text }) => [kind, text])).toEqual([
      ['warning', 'The link shows the picture “unicorn”, which this demo does not have.'],
    ]);
    expect(demo.cards.map(({ imageId }) => imageId)).toEqual(['cat']);
  });

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
    await demo.submit(edit(demo, 2, 'my own'));
    expect(scoresOf(demo)).toEqual([5, 6, 6]);
    expect(cardOf(demo).prompts.map(({ text }) => text)).toEqual(['a cat', 'a lion', 'my own', '']);
    await vi.advanceTimersByTimeAsync(1000);
    expect(session.scored).toEqual([['a cat', 'a lion', 'my own']]);
  });

  it('adds what was pasted, and answers it', async () => {
    const { demo, session } = await openDemo();
    await demo.addPrompts(cardOf(demo).key, ['one', 'two']);
    expect(textsOf(cardOf(demo))).toEqual(['a cat', 'a lion', 'one', 'two']);
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
    await demo.compute(edit(demo, 0, 'something else'));
    expect(demo.messages.map(({ kind, text, offer }) => [kind, text, offer])).toEqual([
      [
        'warning',
        'Model tiny answers its example captions only. Use “Reset” to bring them back.',
        undefined,
      ],
    ]);
    expect(demo.answer(cardOf(demo)).state).toBe('stale');
    expect(session.scored).toEqual([]);
    demo.resetPrompts(cardOf(demo).key);
    expect(demo.settled).toBe(true);
  });

  it('keeps a prompt through a model that cannot answer it, for one that can', async () => {
    const { demo, sessions } = makeDemo((session) => {
      if (session.model.id === 'small') session.encoder = { status: 'absent' };
    });
    await demo.restore('#image=cat&prompt=something%20else');
    await demo.chooseModel('small');
    expect(demo.answer(cardOf(demo)).state).toBe('stale');
    expect(demo.messages).toHaveLength(1);
    await demo.chooseModel('tiny');
    expect(textsOf(cardOf(demo))).toEqual(['something else']);
    await demo.compute(cardOf(demo).key);
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
    demo.removePrompt(key, cardOf(demo).prompts[0]?.key ?? 0);
    expect(scoresOf(demo)).toEqual([]);
    expect(demo.settled).toBe(true);
    demo.resetPrompts(key);
    expect(textsOf(cardOf(demo))).toEqual(['a cat', 'a lion']);
    expect(session.scored).toEqual([]);
  });

  it('does not show an answer to prompts that have changed since', async () => {
    const { demo, session } = await openDemo();
    session.hold = true;
    const computing = demo.compute(edit(demo, 0, 'first'));
    expect(demo.answer(cardOf(demo)).state).toBe('computing');
    edit(demo, 0, 'second');
    session.release?.();
    await computing;
    expect(demo.answer(cardOf(demo)).state).toBe('stale');
  });

  it('uses an answer that came while a blank prompt was removed', async () => {
    const { demo, session } = await openDemo();
    session.hold = true;
    const computing = demo.compute(edit(demo, 0, 'first'));
    demo.removePrompt(cardOf(demo).key, cardOf(demo).prompts[2]?.key ?? 0);
    session.release?.();
    await computing;
    expect(demo.answer(cardOf(demo)).state).toBe('current');
  });

  it('computes everything again when the model changes, and cancels the last model', async () => {
    const { demo, session, sessions } = await openDemo('#image=dog&image=cat');
    await demo.compute(edit(demo, 0, 'something else'));
    await demo.chooseModel('small');
    expect(session.closed).toBe(true);
    expect(sessions.at(-1)?.scored).toEqual([['something else']]);
    expect(demo.settled).toBe(true);
  });

  it('ignores what a cancelled model still answers', async () => {
    const { demo, session } = await openDemo();
    session.hold = true;
    void demo.compute(edit(demo, 0, 'something else'));
    const changed = demo.chooseModel('small');
    session.scoreError = new Error('The encoder was closed.');
    session.release?.();
    await changed;
    await vi.advanceTimersByTimeAsync(0);
    expect(demo.messages).toEqual([]);
    expect(demo.settled).toBe(true);
  });

  it('tells of a failure and tries again when asked', async () => {
    const { demo, session } = await openDemo();
    session.scoreError = new Error('The network failed.');
    await demo.compute(edit(demo, 0, 'something else'));
    expect(demo.messages.map(({ text, offer }) => [text, offer])).toEqual([
      ['The network failed.', 'retry'],
    ]);
    expect(demo.answer(cardOf(demo)).state).toBe('stale');
    session.scoreError = undefined;
    await demo.retry();
    expect(demo.messages).toEqual([]);
    expect(demo.settled).toBe(true);
  });

  it('tries again to open a model whose embeddings did not come', async () => {
    const { demo, sessions } = makeDemo((session) => {
      session.openError = new Error('Offline.');
    });
    await demo.restore('#image=cat');
    expect(demo.messages.map(({ text, offer }) => [text, offer])).toEqual([['Offline.', 'retry']]);
    for (const session of sessions) session.openError = undefined;
    await demo.retry();
    expect(demo.messages).toEqual([]);
    expect(demo.settled).toBe(true);
  });

  it('goes on with what the site has now, keeping what was typed', async () => {
    const { demo, session, sessions } = await openDemo('#image=dog&image=cat');
    session.scoreError = new Error('The server answered 404 for weights.bin.');
    demo.editPrompt(cardOf(demo, 1).key, cardOf(demo, 1).prompts[0]?.key ?? 0, 'my own words');
    await demo.compute(cardOf(demo, 1).key);
    expect(demo.settled).toBe(true);
    expect(demo.fragment).toContain('my+own+words');
    const { images, ...rest } = makeManifest();
    renewManifest = () => Promise.resolve({ ...rest, images: [images[0]], sha256: 'another' });
    await demo.retry();
    expect(demo.manifest.sha256).toBe('another');
    expect(demo.cards.map(textsOf)).toEqual([['my own words', 'a lion']]);
    expect(session.closed).toBe(true);
    expect(sessions.at(-1)?.scored).toEqual([['my own words', 'a lion']]);
    expect(demo.answer(cardOf(demo)).state).toBe('current');
    expect(demo.messages.map(({ text }) => text)).toEqual([
      'The demo has changed, and no longer has some of these pictures.',
    ]);
  });

  it('tries again with what it has, where the manifest cannot be had', async () => {
    const { demo, session } = await openDemo();
    session.scoreError = new Error('The network failed.');
    await demo.compute(edit(demo, 0, 'something else'));
    renewManifest = () => Promise.reject(new Error('Offline.'));
    await demo.retry();
    expect(demo.messages.map(({ text }) => text)).toEqual(['The network failed.']);
    expect(textsOf(cardOf(demo))).toEqual(['something else', 'a lion']);
  });

  it('loads pictures that did not come anew', async () => {
    const { demo } = await openDemo();
    demo.reportPicture('cat.jpg');
    demo.reportPicture('dog.jpg');
    expect(demo.messages.map(({ text, offer }) => [text, offer])).toEqual([
      ['A picture could not be loaded.', 'retry'],
    ]);
    await demo.retry();
    expect([demo.attempt, demo.messages, renewed]).toEqual([1, [], ['cat.jpg', 'dog.jpg']]);
  });

  it('keeps its model through links, and nothing of the last one', async () => {
    const { demo, session, sessions } = await openDemo();
    for (let i = 0; i < 240; i++) {
      await demo.restore(`#image=${i % 2 ? 'cat' : 'dog'}&image=unicorn${i}&prompt=new`);
    }
    expect(sessions.filter(({ closed }) => !closed)).toEqual([session]);
    expect(demo.messages).toHaveLength(1);
    expect(demo.cards).toHaveLength(1);
    const { answering } = demo as unknown as { answering: { answers: Map<number, unknown> } };
    expect(answering.answers.size).toBe(1);
    await demo.restore('#model=small&image=cat');
    expect(session.closed).toBe(true);
    expect(demo.model.id).toBe('small');
  });

  it('knows of each prompt whether it uses what the vocabulary was cut of', async () => {
    const { demo } = await openDemo();
    const { key, prompts } = cardOf(demo);
    const edited = prompts[0]?.key ?? 0;
    demo.editPrompt(key, edited, 'eine Straße');
    await demo.compute(key);
    const short = [...demo.answer(cardOf(demo)).scores].map(([at, score]) => [
      at,
      score.remarks.cutShort,
    ]);
    const shown = prompts.filter(({ text }) => text);
    expect(short).toEqual(shown.map((field) => [field.key, field.key === edited]));
  });

  it('shows a picture in the place of the one that was used last', async () => {
    const { demo } = await openDemo();
    const dog = demo.openImage('dog');
    expect(demo.cards.map(({ imageId }) => imageId)).toEqual(['dog']);
    expect(demo.openImage('dog')).toBe(dog);
    const copy = demo.duplicate(dog) ?? 0;
    demo.openImage('cat');
    expect(demo.cards.map(({ imageId }) => imageId)).toEqual(['dog', 'cat']);
    expect(demo.cards.map(({ key }) => key)).not.toContain(copy);
    demo.activate(dog);
    demo.openImage('cat');
    expect(demo.cards.map(({ imageId }) => imageId)).toEqual(['dog', 'cat']);
    expect(demo.settled).toBe(true);
  });

  it('brings a picture back with what was typed for it', async () => {
    const { demo, session } = await openDemo();
    await demo.submit(edit(demo, 2, 'my own'));
    demo.openImage('dog');
    demo.openImage('cat');
    expect(textsOf(cardOf(demo))).toEqual(['a cat', 'a lion', 'my own']);
    expect(scoresOf(demo)).toEqual([5, 6, 6]);
    expect(session.scored).toHaveLength(1);
  });

  it('computes what was left in the middle of typing when its picture comes back', async () => {
    const { demo, session } = await openDemo();
    edit(demo, 0, 'unfinished');
    demo.openImage('dog');
    await vi.advanceTimersByTimeAsync(1000);
    expect(session.scored).toEqual([]);
    demo.openImage('cat');
    await vi.advanceTimersByTimeAsync(0);
    expect(scoresOf(demo)).toEqual([10, 6]);
  });

  it('puts a copy beside a card, and removes cards', async () => {
    const { demo } = await openDemo();
    const copy = demo.duplicate(cardOf(demo).key);
    expect(demo.cards[1]?.key).toBe(copy);
    expect(scoresOf(demo, 1)).toEqual([5, 6]);
    demo.remove(cardOf(demo).key);
    expect(demo.cards.map(({ key }) => key)).toEqual([copy]);
  });

  it.each([
    [
      'a caption',
      (demo: Demo, key: number) => {
        demo.removePrompt(key, cardOf(demo).prompts[0]?.key ?? 0);
      },
    ],
    [
      'all captions',
      (demo: Demo, key: number) => {
        demo.resetPrompts(key);
      },
    ],
    [
      'captions, by a set',
      (demo: Demo, key: number) => {
        demo.showSet(key, 'Animals');
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
    await demo.submit(edit(demo, 2, 'my own'));
    const before = demo.fragment;
    take(demo, cardOf(demo).key);
    expect(demo.fragment).not.toBe(before);
    expect(demo.messages.map(({ kind, offer }) => [kind, offer])).toEqual([['note', 'undo']]);
    demo.undo();
    await vi.advanceTimersByTimeAsync(0);
    expect([demo.fragment, demo.messages]).toEqual([before, []]);
    expect(demo.settled).toBe(true);
    demo.undo();
    expect(demo.fragment).toBe(before);
  });

  it('answers the captions of a set without the encoder', async () => {
    const { demo, session } = await openDemo('#image=dog');
    demo.showSet(cardOf(demo).key, 'Animals');
    expect(demo.cards.map(textsOf)).toEqual([['a cat', 'a dog']]);
    expect(demo.settled).toBe(true);
    expect(session.scored).toEqual([]);
    // Nothing was lost that the list does not bring back.
    expect(demo.messages).toEqual([]);
    demo.resetPrompts(cardOf(demo).key);
    expect([demo.cards.map(textsOf), demo.messages]).toEqual([[['a dog']], []]);
    demo.showSet(cardOf(demo).key, 'Animals');
    demo.showSet(cardOf(demo).key, 'none of that name');
    expect(demo.cards.map(textsOf)).toEqual([['a cat', 'a dog']]);
  });

  it('measures the words of captions when asked, until they change', async () => {
    const { demo } = await openDemo('#image=cat');
    const [cat, lion] = cardOf(demo).prompts;
    await demo.toggleWords(cardOf(demo).key);
    expect([...demo.measuredWords(cardOf(demo)).keys()]).toEqual([cat?.key, lion?.key]);
    edit(demo, 0, 'a big cat');
    expect([...demo.measuredWords(cardOf(demo)).keys()]).toEqual([lion?.key]);
    await demo.toggleWords(cardOf(demo).key);
    expect(demo.measuredWords(cardOf(demo)).size).toBe(0);
  });

  it('says why words could not be measured', async () => {
    const { demo, session } = await openDemo('#image=cat');
    session.scoreError = new Error('The network failed.');
    await demo.toggleWords(cardOf(demo).key);
    expect(demo.messages.map(({ text }) => text)).toEqual(['The network failed.']);
  });

  it('offers only the last thing that was taken away', async () => {
    const { demo } = await openDemo('#image=cat&image=dog');
    demo.resetPrompts(edit(demo, 2, 'my own'));
    demo.removePrompt(cardOf(demo).key, cardOf(demo).prompts[0]?.key ?? 0);
    expect(demo.messages.map(({ text }) => text)).toEqual(['“a cat” was removed.']);
    demo.undo();
    expect(demo.cards.map(textsOf)).toEqual([['a cat', 'a lion'], ['a dog']]);
  });

  it('offers nothing for a blank caption', async () => {
    const { demo } = await openDemo();
    demo.removePrompt(edit(demo, 0, ' '), cardOf(demo).prompts[0]?.key ?? 0);
    expect(demo.messages).toEqual([]);
  });
});

describe('a picture of the visitor’s own', () => {
  beforeEach(() => {
    vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:shown');
  });

  async function addOwn(): Promise<{ demo: Demo; sessions: FakeSession[] }> {
    const manifest = makeManifest();
    for (const model of manifest.models) model.imageEncoder = makeImageEncoder();
    const { demo, sessions } = makeDemo(undefined, manifest);
    await demo.restore('');
    await demo.own.add(new Blob(['a picture'], { type: 'image/png' }));
    await demo.own.agree();
    return { demo, sessions };
  }

  it('takes the place of the picture that was shown, with nothing but the box', async () => {
    const { demo } = await addOwn();
    expect(demo.cards.map(({ imageId }) => imageId)).toEqual(['own:1']);
    expect(textsOf(cardOf(demo))).toEqual([]);
    expect(invited).toEqual([cardOf(demo).key]);
    expect(demo.images.map(({ id }) => id)).toEqual(['own:1', 'cat', 'dog']);
    edit(demo, 0, 'a cat');
    expect(scoresOf(demo)).toEqual([5]);
  });

  it('is left out of links', async () => {
    const { demo } = await addOwn();
    expect(demo.fragment).toBe('#v=1');
    expect(demo.settled).toBe(true);
  });

  it('is answered by another model once that has read it', async () => {
    const { demo, sessions } = await addOwn();
    edit(demo, 0, 'a cat');
    await demo.chooseModel('small');
    expect(sessions.slice(-2).map(({ pictures }) => pictures)).toEqual([['own:1'], ['own:1']]);
    expect(demo.answer(cardOf(demo)).state).toBe('current');
    expect(invited).toHaveLength(1);
  });

  it('waits where a model cannot read it', async () => {
    const { demo } = await addOwn();
    edit(demo, 0, 'a cat');
    const [, small] = demo.manifest.models;
    if (small) small.imageEncoder = null;
    await demo.chooseModel('small');
    expect(demo.messages.map(({ text }) => text)).toEqual([
      'Model small cannot read pictures of your own. Choose another model for them.',
    ]);
    expect(demo.answer(cardOf(demo)).state).toBe('stale');
    expect(demo.settled).toBe(true);
  });
});
