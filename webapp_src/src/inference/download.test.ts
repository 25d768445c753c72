import { afterEach, describe, expect, it, vi } from 'vitest';
import { stubNetwork } from '../testing/network';
import { downloadFile } from './download';

const { signal } = new AbortController();

describe('a download', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is resolved against the page and reports every byte', async () => {
    const fetched = stubNetwork(() => new Response('hello'));
    let bytes = 0;
    const file = await downloadFile(
      { url: 'data/a.bin', bytes: 5 },
      { signal, onBytes: (count) => (bytes += count) },
    );
    expect(new TextDecoder().decode(file)).toBe('hello');
    expect(bytes).toBe(5);
    expect(fetched.mock.calls[0]?.[0]).toBe('https://demo.test/some/where/data/a.bin');
  });

  it.each([
    ['hell', '4'],
    ['hello!!!', '6'],
  ])('of %j where five bytes are due is refused', async (body, arrived) => {
    stubNetwork(() => new Response(body));
    await expect(downloadFile({ url: 'a.bin', bytes: 5 }, { signal })).rejects.toMatchObject({
      message: `a.bin should have 5 bytes, but ${arrived} arrived.`,
      transient: true,
    });
  });

  it.each([
    [404, false],
    [503, true],
  ])('answered with %i may be tried again: %s', async (status, transient) => {
    stubNetwork(() => new Response('', { status }));
    await expect(downloadFile({ url: 'a.bin', bytes: 5 }, { signal })).rejects.toMatchObject({
      message: `The server answered ${status} for a.bin.`,
      transient,
    });
  });

  it('says so when the network fails', async () => {
    stubNetwork(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(downloadFile({ url: 'a.bin', bytes: 5 }, { signal })).rejects.toMatchObject({
      message: 'The network failed while a.bin was downloading.',
      transient: true,
    });
  });

  it('that was cancelled fails with the reason', async () => {
    stubNetwork(() => new Response('hello'));
    const abort = new AbortController();
    abort.abort(new Error('Another model was chosen.'));
    const download = downloadFile({ url: 'a.bin', bytes: 5 }, { signal: abort.signal });
    await expect(download).rejects.toThrow('Another model was chosen.');
  });
});
