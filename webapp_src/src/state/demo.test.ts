import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeImageEncoder } from '../testing/sample-image-encoder';
import { captionsOf, cardOf, edit, makeDemo, openDemo, scoresOf } from '../testing/sample-demo';
import { makeManifest } from '../testing/sample-manifest';
import { textsOf } from './cards';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a demo', () => {
  it('goes on where another page left off', async () => {
    const { demo } = await openDemo();
    edit(demo, 0, 'a cat in a hat');
    demo.openImage('dog');
    demo.gallery.find('snow');
    const { handover, fragment } = demo.visit;
    expect(handover).toEqual({
      fragment,
      left: [{ imageId: 'cat', texts: ['a cat in a hat', 'a lion'] }],
      find: 'snow',
    });
    const { demo: next } = makeDemo();
    const restored = next.restore(fragment);
    next.visit.takeOver({ ...handover, left: [...handover.left, { imageId: 'gone', texts: [] }] });
    await restored;
    expect(next.cards.map(({ imageId }) => imageId)).toEqual(['dog']);
    expect(next.gallery.text).toBe('snow');
    next.openImage('cat');
    expect(textsOf(cardOf(next))).toEqual(['a cat in a hat', 'a lion']);
    expect(next.visit.handover.left.map(({ imageId }) => imageId)).toEqual(['dog']);
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
    expect(demo.visit.fragment).toBe('#v=1&model=small&image=dog&prompt=new&image=cat');
  });

  it('warns of a link to what it does not have', async () => {
    const { demo } = await openDemo('#image=unicorn');
    expect(demo.messages.list.map(({ kind, text }) => [kind, text])).toEqual([
      ['warning', 'The link shows the picture “unicorn”, which this demo does not have.'],
    ]);
    expect(demo.cards.map(({ imageId }) => imageId)).toEqual(['cat']);
  });

  it('computes everything again when the model changes, and cancels the last model', async () => {
    const { demo, session, sessions } = await openDemo('#image=dog&image=cat');
    await demo.captions.submit(edit(demo, 0, 'something else'));
    await demo.chooseModel('small');
    expect(session.closed).toBe(true);
    expect(sessions.at(-1)?.scored).toEqual([['something else']]);
    expect(demo.settled).toBe(true);
  });

  it('ignores what a cancelled model still answers', async () => {
    const { demo, session } = await openDemo();
    session.hold = true;
    void demo.captions.submit(edit(demo, 0, 'something else'));
    const changed = demo.chooseModel('small');
    session.scoreError = new Error('The encoder was closed.');
    session.release?.();
    await changed;
    await vi.advanceTimersByTimeAsync(0);
    expect(demo.messages.list).toEqual([]);
    expect(demo.settled).toBe(true);
  });

  it('tells of a failure and tries again when asked', async () => {
    const { demo, session } = await openDemo();
    session.scoreError = new Error('The network failed.');
    await demo.captions.submit(edit(demo, 0, 'something else'));
    expect(demo.messages.list.map(({ text, offer }) => [text, offer])).toEqual([
      ['The network failed.', 'retry'],
    ]);
    expect(demo.answer(cardOf(demo)).state).toBe('stale');
    session.scoreError = undefined;
    await demo.retry();
    expect(demo.messages.list).toEqual([]);
    expect(demo.settled).toBe(true);
  });

  it('tries again to open a model whose embeddings did not come', async () => {
    const { demo, sessions } = makeDemo((session) => {
      session.openError = new Error('Offline.');
    });
    await demo.restore('#image=cat');
    expect(demo.messages.list.map(({ text, offer }) => [text, offer])).toEqual([
      ['Offline.', 'retry'],
    ]);
    for (const session of sessions) session.openError = undefined;
    await demo.retry();
    expect(demo.messages.list).toEqual([]);
    expect(demo.settled).toBe(true);
  });

  it('goes on with what the site has now, keeping what was typed', async () => {
    const { demo, page, session, sessions } = await openDemo('#image=dog&image=cat');
    session.scoreError = new Error('The server answered 404 for weights.bin.');
    demo.captions.edit(cardOf(demo, 1).key, cardOf(demo, 1).prompts[0]?.key ?? 0, 'my own words');
    await demo.captions.submit(cardOf(demo, 1).key);
    expect(demo.settled).toBe(true);
    expect(demo.visit.fragment).toContain('my+own+words');
    const { images, ...rest } = makeManifest();
    page.renewManifest = () => Promise.resolve({ ...rest, images: [images[0]], sha256: 'another' });
    await demo.retry();
    expect(demo.manifest.sha256).toBe('another');
    expect(demo.cards.map(textsOf)).toEqual([['my own words', 'a lion']]);
    expect(session.closed).toBe(true);
    expect(sessions.at(-1)?.scored).toEqual([['my own words', 'a lion']]);
    expect(demo.answer(cardOf(demo)).state).toBe('current');
    expect(demo.messages.list.map(({ text }) => text)).toEqual([
      'The demo has changed, and no longer has some of these pictures.',
    ]);
  });

  it('tries again with what it has, where the manifest cannot be had', async () => {
    const { demo, page, session } = await openDemo();
    session.scoreError = new Error('The network failed.');
    await demo.captions.submit(edit(demo, 0, 'something else'));
    page.renewManifest = () => Promise.reject(new Error('Offline.'));
    await demo.retry();
    expect(demo.messages.list.map(({ text }) => text)).toEqual(['The network failed.']);
    expect(captionsOf(demo)).toEqual(['something else', 'a lion']);
  });

  it('loads pictures that did not come anew', async () => {
    const { demo, page } = await openDemo();
    demo.reportPicture('cat.jpg');
    demo.reportPicture('dog.jpg');
    expect(demo.messages.list.map(({ text, offer }) => [text, offer])).toEqual([
      ['A picture could not be loaded.', 'retry'],
    ]);
    await demo.retry();
    expect([demo.pictures.attempt, demo.messages.list, page.renewed]).toEqual([
      1,
      [],
      ['cat.jpg', 'dog.jpg'],
    ]);
  });

  it('keeps its model through links, and nothing of the last one', async () => {
    const { demo, session, sessions } = await openDemo();
    for (let i = 0; i < 240; i++) {
      await demo.restore(`#image=${i % 2 ? 'cat' : 'dog'}&image=unicorn${i}&prompt=new`);
    }
    expect(sessions.filter(({ closed }) => !closed)).toEqual([session]);
    expect(demo.messages.list).toHaveLength(1);
    expect(demo.cards).toHaveLength(1);
    const { answering } = demo as unknown as { answering: { answers: Map<number, unknown> } };
    expect(answering.answers.size).toBe(1);
    await demo.restore('#model=small&image=cat');
    expect(session.closed).toBe(true);
    expect(demo.model.id).toBe('small');
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
    await demo.captions.submit(edit(demo, 2, 'my own'));
    demo.openImage('dog');
    demo.openImage('cat');
    expect(captionsOf(demo)).toEqual(['a cat', 'a lion', 'my own']);
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
});

describe('a picture of the visitor’s own', () => {
  beforeEach(() => {
    vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:shown');
  });

  async function addOwn(): Promise<ReturnType<typeof makeDemo>> {
    const manifest = makeManifest();
    for (const model of manifest.models) model.imageEncoder = makeImageEncoder();
    const made = makeDemo(undefined, manifest);
    const { demo } = made;
    await demo.restore('');
    await demo.own.add(new Blob(['a picture'], { type: 'image/png' }));
    await demo.own.agree();
    return made;
  }

  it('takes the place of the picture that was shown, with nothing but the box', async () => {
    const { demo, page } = await addOwn();
    expect(demo.cards.map(({ imageId }) => imageId)).toEqual(['own:1']);
    expect(captionsOf(demo)).toEqual([]);
    expect(page.invited).toEqual([cardOf(demo).key]);
    expect(demo.pictures.all.map(({ id }) => id)).toEqual(['own:1', 'cat', 'dog']);
    edit(demo, 0, 'a cat');
    expect(scoresOf(demo)).toEqual([5]);
  });

  it('is left out of links', async () => {
    const { demo } = await addOwn();
    expect(demo.visit.fragment).toBe('#v=1');
    expect(demo.settled).toBe(true);
  });

  it('is answered by another model once that has read it', async () => {
    const { demo, page, sessions } = await addOwn();
    edit(demo, 0, 'a cat');
    await demo.chooseModel('small');
    expect(sessions.slice(-2).map(({ pictures }) => pictures)).toEqual([['own:1'], ['own:1']]);
    expect(demo.answer(cardOf(demo)).state).toBe('current');
    expect(page.invited).toHaveLength(1);
  });

  it('waits where a model cannot read it', async () => {
    const { demo } = await addOwn();
    edit(demo, 0, 'a cat');
    const [, small] = demo.manifest.models;
    if (small) small.imageEncoder = null;
    await demo.chooseModel('small');
    expect(demo.messages.list.map(({ text }) => text)).toEqual([
      'Model small cannot read pictures of your own. Choose another model for them.',
    ]);
    expect(demo.answer(cardOf(demo)).state).toBe('stale');
    expect(demo.settled).toBe(true);
  });
});
