import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from './digest';

describe.each([
  ['the browser’s own', () => undefined],
  ['a library, where a page came by http', () => vi.stubGlobal('crypto', {})],
])('SHA-256 by %s', (_by, prepare) => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([0, 1, 63, 64, 1000, 256 * 1024, 600_001])('of %i bytes is right', async (length) => {
    prepare();
    const data = Uint8Array.from({ length }, (_, i) => (i * 31) % 251);
    expect(await sha256(data)).toBe(createHash('sha256').update(data).digest('hex'));
  });
});
