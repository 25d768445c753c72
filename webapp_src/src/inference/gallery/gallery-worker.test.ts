import { expose } from 'comlink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Gallery } from '../../generated/manifest';
import type { Found, GallerySearch, Wanted } from './gallery-search';

const FOUND: readonly Found[] = [{ position: 7, similarity: 0.5 }];
const WANTED: Wanted = { query: Float32Array.of(1, 0), count: 1 };

/** The other end of the worker: a search reports, and ends once it is released. */
class Host extends EventTarget {
  static last: Host;
  opened = 0;
  readonly stopped: number[] = [];
  release: (() => void) | undefined;
  private readonly channel = new MessageChannel();

  constructor() {
    super();
    Host.last = this;
    const api = {
      open: () => {
        this.opened++;
        return false;
      },
      search: async (_: number, __: Wanted, onFound: (found: readonly Found[]) => void) => {
        onFound(FOUND);
        await new Promise<void>((resolve) => (this.release = resolve));
        return FOUND;
      },
      stop: (number: number) => {
        this.stopped.push(number);
      },
      row: (position: number) => Float32Array.of(position),
    };
    expose(api, this.channel.port2);
    this.channel.port1.onmessage = (event: MessageEvent<unknown>) => {
      this.dispatchEvent(new MessageEvent('message', { data: event.data }));
    };
  }

  postMessage(message: unknown, transfer: MessagePort[]): void {
    this.channel.port1.postMessage(message, transfer as never);
  }

  terminate(): void {
    this.channel.port1.close();
  }
}

describe('the page’s end of the worker that searches', () => {
  let gallery: GallerySearch;

  beforeEach(async () => {
    vi.stubGlobal('window', {});
    vi.stubGlobal('location', { origin: 'null' });
    vi.stubGlobal('Worker', Host);
    const { openGallery } = await import('./gallery-search');
    gallery = openGallery({} as Gallery);
  });

  afterEach(() => {
    gallery.close();
    vi.unstubAllGlobals();
  });

  it('passes on what is found, and opens the index once', async () => {
    const reports: (readonly Found[])[] = [];
    const search = gallery.search(
      WANTED,
      (found) => reports.push(found),
      new AbortController().signal,
    );
    await vi.waitUntil(() => reports.length === 1);
    await vi.waitUntil(() => Host.last.release);
    Host.last.release?.();
    expect(await search).toEqual(FOUND);
    expect(reports).toEqual([FOUND]);
    expect(await gallery.row(3)).toEqual(Float32Array.of(3));
    expect(Host.last.opened).toBe(1);
  });

  it('fails at once when a search is stopped, and tells the worker', async () => {
    const abort = new AbortController();
    const search = gallery.search(WANTED, () => undefined, abort.signal);
    await vi.waitUntil(() => Host.last.release);
    abort.abort(new Error('Something else was typed.'));
    await expect(search).rejects.toThrow('Something else was typed.');
    await vi.waitUntil(() => Host.last.stopped.length === 1);
  });

  it('fails when the worker stops', async () => {
    const search = gallery.search(WANTED, () => undefined, new AbortController().signal);
    await vi.waitUntil(() => Host.last.release);
    Host.last.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
    await expect(search).rejects.toThrow('The gallery worker stopped: out of memory.');
  });
});
