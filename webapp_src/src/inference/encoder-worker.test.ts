import { expose } from 'comlink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeManifest } from '../testing/sample-manifest';
import type { EncoderWorker } from './encoder-worker';

/** The other end of a worker: what it answers, and when. */
class Host extends EventTarget {
  static last: Host;
  terminated = false;
  release: (() => void) | undefined;
  private readonly channel = new MessageChannel();

  constructor(readonly url: string) {
    super();
    Host.last = this;
    const api = {
      start: () => Promise.reject(new Error('There is no such backend.')),
      load: () => ({ deviation: 0, milliseconds: 12.5 }),
      embed: async (texts: string[]) => {
        await new Promise<void>((resolve) => (this.release = resolve));
        return texts.map(() => Float32Array.of(1));
      },
    };
    expose(api, this.channel.port2);
    this.channel.port1.onmessage = ({ data }: MessageEvent<unknown>) =>
      this.dispatchEvent(new MessageEvent('message', { data }));
  }

  postMessage(message: unknown): void {
    this.channel.port1.postMessage(message);
  }

  terminate(): void {
    this.terminated = true;
    this.channel.port1.close();
  }
}

const [{ tokenizer, encoder }] = makeManifest().models;
const FILES = { vocabulary: new ArrayBuffer(1), model: new ArrayBuffer(1), weights: [] };

describe('the page’s end of a worker', () => {
  let worker: EncoderWorker;

  beforeEach(async () => {
    vi.stubGlobal('window', {});
    // That of files, as the script is here.
    vi.stubGlobal('location', { origin: 'null' });
    vi.stubGlobal('Worker', Host);
    const { EncoderWorker } = await import('./encoder-worker');
    worker = new EncoderWorker('wasm');
  });

  afterEach(() => {
    worker.close();
    vi.unstubAllGlobals();
  });

  /** A call under way, once the worker has it. */
  async function embedding(): Promise<Promise<Float32Array[]>[]> {
    const call = worker.embed(['a']);
    await vi.waitUntil(() => Host.last.release);
    return [call];
  }

  it('knows what the check of the encoder said, once it is loaded', async () => {
    await worker.load({ tokenizer, encoder }, FILES, []);
    expect(worker.check).toEqual({ deviation: 0, milliseconds: 12.5 });
  });

  it('passes errors on', async () => {
    await expect(worker.start([])).rejects.toThrow('There is no such backend.');
  });

  it('fails what is under way, and after, when the worker dies', async () => {
    const [call] = await embedding();
    Host.last.dispatchEvent(Object.assign(new Event('error'), { message: 'Out of memory' }));
    await expect(call).rejects.toThrow('The wasm worker stopped: Out of memory.');
    await expect(worker.embed(['b'])).rejects.toThrow('The wasm worker stopped');
  });

  it('fails what is under way when it is closed', async () => {
    const [call] = await embedding();
    worker.close();
    expect(Host.last.terminated).toBe(true);
    await expect(call).rejects.toThrow('The worker was closed.');
  });

  it.each([true, false])('asks for a missing script past the cache (there: %s)', async (ok) => {
    const fetched = vi.fn(() => Promise.resolve(new Response(null, { status: ok ? 200 : 404 })));
    vi.stubGlobal('fetch', fetched);
    const first = Host.last;
    const start = worker.start([]);
    first.dispatchEvent(new Event('error'));
    await expect(start).rejects.toThrow(
      ok ? 'There is no such backend.' : 'A part of this page could not be loaded.',
    );
    expect(fetched).toHaveBeenCalledExactlyOnceWith(first.url, { cache: 'reload' });
    expect(first.terminated).toBe(true);
    expect(Host.last !== first).toBe(ok);
  });

  it('retires only after the last answer', async () => {
    const [call] = await embedding();
    worker.retire();
    expect(Host.last.terminated).toBe(false);
    Host.last.release?.();
    expect(await call).toEqual([Float32Array.of(1)]);
    expect(Host.last.terminated).toBe(true);
  });
});
