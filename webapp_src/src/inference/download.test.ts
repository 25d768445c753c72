import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { stubNetwork } from '../testing/network';
import { fileRef } from '../testing/sample-manifest';
import { downloadFile } from './download';
import { retryDownload } from './retry';

const { signal } = new AbortController();
const FILE = fileRef('https://demo.test/data/a.bin', 'hello');
const ALTERED = 'a.bin was altered on its way.';

describe('a download', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('reports every byte', async () => {
    stubNetwork(() => new Response('hello'));
    let bytes = 0;
    const file = await downloadFile(FILE, { signal, onBytes: (count) => (bytes += count) });
    expect(new TextDecoder().decode(file)).toBe('hello');
    expect(bytes).toBe(5);
  });

  it.each([
    ['hell', 'text/plain', 'Only a part of a.bin arrived.', 4],
    ['hello!!!', 'text/plain', ALTERED, 2],
    ['hallo', 'text/plain', ALTERED, 2],
    ['jello', 'application/octet-stream', ALTERED, 2],
    ['<!doctype html>', 'text/html; charset=utf-8', 'sent a web page in place of a.bin.', 2],
    ['', 'text/html', 'sent a web page in place of a.bin.', 2],
  ])('of %j where “hello” is due is refused', async (body, type, message, attempts) => {
    vi.useFakeTimers();
    const fetched = stubNetwork(() => new Response(body, { headers: { 'content-type': type } }));
    const loading = retryDownload(
      (count) => downloadFile(FILE, { signal, fresh: count > 1 }),
      signal,
    );
    const outcome = expect(loading).rejects.toThrow(message);
    await vi.runAllTimersAsync();
    await outcome;
    vi.useRealTimers();
    expect(fetched.mock.calls.map(([, { cache }]) => cache)).toEqual([
      'default',
      ...Array.from({ length: attempts - 1 }, () => 'reload'),
    ]);
  });

  it('of which nothing more arrives is tried once more, and then given up', async () => {
    vi.useFakeTimers();
    const cancelled = vi.fn();
    const fetched = stubNetwork(() => {
      const body = new ReadableStream({
        start: (controller) => {
          controller.enqueue(new TextEncoder().encode('hel'));
        },
        cancel: cancelled,
      });
      return new Response(body);
    });
    const arrived: number[] = [];
    const loading = retryDownload(
      () => downloadFile(FILE, { signal, onBytes: (count) => arrived.push(count) }),
      signal,
    );
    const outcome = expect(loading).rejects.toThrow('Nothing more arrives of a.bin.');
    await vi.advanceTimersByTimeAsync(14_000);
    expect(cancelled).not.toHaveBeenCalled();
    await vi.runAllTimersAsync();
    await outcome;
    vi.useRealTimers();
    expect(arrived).toEqual([3, 3]);
    expect(fetched).toHaveBeenCalledTimes(2);
    expect(cancelled).toHaveBeenCalledTimes(2);
  });

  it('that arrives slowly goes on', async () => {
    vi.useFakeTimers();
    stubNetwork(() => {
      const body = new ReadableStream({
        pull: async (controller) => {
          await new Promise((resolve) => setTimeout(resolve, 10_000));
          const next = 'hello'.at(sent++);
          if (next === undefined) controller.close();
          else controller.enqueue(new TextEncoder().encode(next));
        },
      });
      return new Response(body);
    });
    let sent = 0;
    const loading = downloadFile(FILE, { signal });
    await vi.runAllTimersAsync();
    expect(new TextDecoder().decode(await loading)).toBe('hello');
    vi.useRealTimers();
  });

  it('that was altered is right the second time, past the cache', async () => {
    stubNetwork((_url, { cache }) => new Response(cache === 'reload' ? 'hello' : 'hullo'));
    const file = await retryDownload(
      (count) => downloadFile(FILE, { signal, fresh: count > 1 }),
      signal,
    );
    expect(new TextDecoder().decode(file)).toBe('hello');
  });

  it.each([
    [404, 1],
    [503, 3],
  ])('answered with %i is worth so many more attempts: %i', async (status, more) => {
    stubNetwork(() => new Response('', { status }));
    const error: unknown = await downloadFile(FILE, { signal }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: `The server answered ${status} for a.bin.` });
    expect((error as { pauses: number[] }).pauses).toHaveLength(more);
  });

  it('says so when the network fails', async () => {
    stubNetwork(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(downloadFile(FILE, { signal })).rejects.toThrow(
      'The network failed while a.bin was downloading.',
    );
  });

  describe('of a compressed file', () => {
    const content = 'hello, hello, hello';
    const stored = new Uint8Array(gzipSync(content));
    const file = { ...fileRef(FILE.url, stored), encoding: 'gzip' } as const;

    it('gives its content, and reports the bytes that came', async () => {
      stubNetwork(() => new Response(stored));
      let bytes = 0;
      const found = await downloadFile(file, { signal, onBytes: (count) => (bytes += count) });
      expect(new TextDecoder().decode(found)).toBe(content);
      expect(bytes).toBe(stored.length);
    });

    it('is checked before anything is decompressed', async () => {
      const other = new Uint8Array(gzipSync('HELLO, HELLO, HELLO'));
      expect(other.length).toBe(stored.length);
      const decompressed = vi.fn();
      vi.stubGlobal('DecompressionStream', decompressed);
      stubNetwork(() => new Response(other));
      await expect(downloadFile(file, { signal })).rejects.toThrow(ALTERED);
      expect(decompressed).not.toHaveBeenCalled();
    });

    it('is not begun by a browser that could not use it', async () => {
      const fetched = stubNetwork(() => new Response(stored));
      vi.stubGlobal('DecompressionStream', undefined);
      await expect(downloadFile(file, { signal })).rejects.toThrow('This browser is too old');
      expect(fetched).not.toHaveBeenCalled();
    });

    it('that was cancelled meanwhile fails with the reason', async () => {
      const abort = new AbortController();
      stubNetwork(() => new Response(stored));
      class Aborting extends DecompressionStream {
        constructor() {
          super('gzip');
          abort.abort(new Error('Another model was chosen.'));
        }
      }
      vi.stubGlobal('DecompressionStream', Aborting);
      const download = downloadFile(file, { signal: abort.signal });
      await expect(download).rejects.toThrow('Another model was chosen.');
    });
  });

  it('that was cancelled fails with the reason', async () => {
    stubNetwork(() => new Response('hello'));
    const abort = new AbortController();
    abort.abort(new Error('Another model was chosen.'));
    const download = downloadFile(FILE, { signal: abort.signal });
    await expect(download).rejects.toThrow('Another model was chosen.');
  });
});
