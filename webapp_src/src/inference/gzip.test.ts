import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decompress, requireGzip } from './gzip';

describe('a file in gzip', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([0, 1, 1000, 256 * 1024, 600_001])('of %i bytes is what it was', async (length) => {
    // Random bytes stay as many, so that these are one slice or more.
    const content = Uint8Array.from({ length }, () => 256 * Math.random());
    const file = new Uint8Array(gzipSync(content));
    expect(Buffer.from(await decompress(file.buffer)).equals(content)).toBe(true);
  });

  it('that is none is refused', async () => {
    const file = new TextEncoder().encode('{"pieces": []}');
    await expect(decompress(file.buffer)).rejects.toThrow();
  });

  it('is of no use to a browser that cannot decompress', () => {
    expect(requireGzip).not.toThrow();
    vi.stubGlobal('DecompressionStream', undefined);
    expect(requireGzip).toThrow('This browser is too old for this page.');
  });
});
