import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeManifest } from '../testing/sample-manifest';
import { stubNetwork } from '../testing/network';
import { serveSampleFile } from '../testing/sample-files';
import { encoderBytes, loadEncoderFiles, type LoadProgress } from './encoder-files';

const [model] = makeManifest().models;
describe('the files of an encoder', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('are downloaded with progress in bytes', async () => {
    stubNetwork(serveSampleFile);
    const progress: LoadProgress[] = [];
    const files = await loadEncoderFiles(model, new AbortController().signal, (next) =>
      progress.push(next),
    );
    const text = (file?: ArrayBuffer): string => new TextDecoder().decode(file);
    expect(text(files.vocabulary)).toBe('voc');
    expect(text(files.model)).toBe('{}');
    expect(files.weights.map(text)).toEqual(['weigh']);
    expect(encoderBytes(model)).toBe(10);
    expect(progress[0]).toEqual({ loaded: 0, total: 10, attempt: 1 });
    expect(progress.at(-1)).toEqual({ loaded: 10, total: 10, attempt: 1 });
  });

  it('are asked for again, past the cache, when the network fails', async () => {
    let failures = 2;
    const fetched = stubNetwork((url) => {
      if (url.endsWith('weights.bin') && failures-- > 0) throw new TypeError('offline');
      return serveSampleFile(url);
    });
    const attempts: number[] = [];
    const loading = loadEncoderFiles(model, new AbortController().signal, ({ attempt }) =>
      attempts.push(attempt),
    );
    await vi.runAllTimersAsync();
    expect((await loading).weights).toHaveLength(1);
    expect(attempts.at(-1)).toBe(3);
    expect(fetched).toHaveBeenCalledTimes(5);
    expect(fetched.mock.calls.at(-1)?.[1].cache).toBe('reload');
  });

  it('are given up after four attempts', async () => {
    const fetched = stubNetwork((url) =>
      url.endsWith('weights.bin') ? new Response('cut') : serveSampleFile(url),
    );
    const loading = loadEncoderFiles(model, new AbortController().signal, () => undefined);
    const outcome = expect(loading).rejects.toThrow('Only a part of tiny-weights.bin arrived.');
    await vi.runAllTimersAsync();
    await outcome;
    expect(fetched).toHaveBeenCalledTimes(2 + 4);
  });

  it('are not waited for when one of them is missing', async () => {
    let reports = 0;
    stubNetwork((url) => {
      if (url.endsWith('model.json')) return new Response('', { status: 404 });
      throw new TypeError('offline');
    });
    const loading = loadEncoderFiles(model, new AbortController().signal, () => (reports += 1));
    await expect(loading).rejects.toThrow('The server answered 404 for tiny-model.json.');
    const before = reports;
    await vi.runAllTimersAsync();
    expect(reports).toBe(before);
  });

  it('stop downloading when cancelled', async () => {
    const abort = new AbortController();
    const fetched = stubNetwork(() => Promise.reject(new TypeError('offline')));
    const loading = loadEncoderFiles(model, abort.signal, () => undefined);
    const outcome = expect(loading).rejects.toThrow('Another model was chosen.');
    await vi.advanceTimersByTimeAsync(100);
    abort.abort(new Error('Another model was chosen.'));
    await outcome;
    await vi.runAllTimersAsync();
    expect(fetched).toHaveBeenCalledTimes(3);
  });
});
