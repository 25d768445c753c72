import { afterEach, expect, it, vi } from 'vitest';
import { addressOf } from './kept-file';
import { hasRoomFor } from './room';

const SCOPE = 'https://demo.test/some/where/';

afterEach(() => {
  vi.unstubAllGlobals();
});

function hasRoom(
  bytes: number,
  quota: number | undefined,
  kept: readonly number[],
): Promise<boolean> {
  vi.stubGlobal('navigator', { storage: { estimate: () => Promise.resolve({ quota }) } });
  const files = kept.map((size, i) => addressOf({ sha256: `${i}`, bytes: size }, SCOPE));
  const requests = [...files, `${SCOPE}manifest.json`].map((url) => new Request(url));
  return hasRoomFor(bytes, { keys: () => Promise.resolve(requests) });
}

it('leaves to other pages of the origin what they may need', async () => {
  expect(await hasRoom(50, 1000, [100, 50])).toBe(true);
  expect(await hasRoom(51, 1000, [100, 50])).toBe(false);
});

it('takes not more than it has use for, however much there is', async () => {
  expect(await hasRoom(1, 1e12, [399_999_999])).toBe(true);
  expect(await hasRoom(2, 1e12, [399_999_999])).toBe(false);
});

it('keeps little where the browser does not say how much it grants', async () => {
  expect(await hasRoom(50e6, undefined, [])).toBe(true);
  expect(await hasRoom(51e6, undefined, [])).toBe(false);
});

it('works in browsers without a storage manager', async () => {
  vi.stubGlobal('navigator', {});
  const empty = { keys: () => Promise.resolve([]) };
  expect(await hasRoomFor(50e6, empty)).toBe(true);
  expect(await hasRoomFor(51e6, empty)).toBe(false);
});
