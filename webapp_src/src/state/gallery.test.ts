import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Gallery, type Ranking } from './gallery';

const DOG_FIRST = ['dog', 'cat'];
const CAT_FIRST = ['cat', 'dog'];

function makeRanking(): Ranking & { asked: string[]; failure?: Error } {
  return {
    asked: [],
    findImages(text) {
      this.asked.push(text);
      if (this.failure) return Promise.reject(this.failure);
      return Promise.resolve(text === 'a dog' ? DOG_FIRST : CAT_FIRST);
    },
    similarImages: (id) => (id === 'dog' ? DOG_FIRST : CAT_FIRST),
  };
}

describe('a gallery', () => {
  let session: ReturnType<typeof makeRanking>;
  let failures: string[];
  let host: { session: Ranking | undefined; onChange(): void; onFailure(error: Error): void };
  let gallery: Gallery;

  beforeEach(() => {
    vi.useFakeTimers();
    session = makeRanking();
    failures = [];
    host = {
      session,
      onChange: () => undefined,
      onFailure: ({ message }) => failures.push(message),
    };
    gallery = new Gallery(host);
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('ranks by what is typed, after a pause', async () => {
    gallery.find('a d');
    await vi.advanceTimersByTimeAsync(100);
    gallery.find('a dog');
    await vi.advanceTimersByTimeAsync(149);
    expect(gallery.order).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(gallery.order).toEqual(DOG_FIRST);
    expect(session.asked).toEqual(['a dog']);
  });

  it.each(['', '  '])('has the author’s order where “%s” is typed', async (text) => {
    gallery.findLike('dog');
    expect(gallery.order).toEqual(DOG_FIRST);
    gallery.find(text);
    await vi.advanceTimersByTimeAsync(200);
    expect([gallery.order, gallery.model, session.asked]).toEqual([undefined, undefined, []]);
  });

  it('ranks by likeness until something is typed', async () => {
    gallery.find('a cat');
    gallery.findLike('dog');
    expect([gallery.order, gallery.text]).toEqual([DOG_FIRST, '']);
    await vi.advanceTimersByTimeAsync(200);
    expect(session.asked).toEqual([]);
    gallery.find('a cat');
    await vi.advanceTimersByTimeAsync(200);
    expect([gallery.order, gallery.model]).toEqual([CAT_FIRST, undefined]);
  });

  it('does not use what comes too late', async () => {
    gallery.find('a dog');
    await vi.advanceTimersByTimeAsync(149);
    const late = gallery.rank();
    gallery.clear();
    await late;
    expect(gallery.order).toBeUndefined();
  });

  it('waits for a model, and tells of failures', async () => {
    host.session = undefined;
    gallery.find('a dog');
    await vi.advanceTimersByTimeAsync(200);
    expect([gallery.order, session.asked]).toEqual([undefined, []]);
    host.session = session;
    session.failure = new Error('Offline.');
    await gallery.rank();
    expect(failures).toEqual(['Offline.']);
    delete session.failure;
    await gallery.rank();
    expect(gallery.order).toEqual(DOG_FIRST);
  });
});
