import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeGallery } from '../../testing/fake-gallery';
import type { FileHost } from '../../testing/named-files';
import { Filters } from './filters';

const RED = { column: 'Colour', value: 'Red' };
const BLUE = { column: 'Colour', value: 'Blue' };
const LARGE = { column: 'Size', value: 'Large' };

let host: FileHost;
let filters: Filters;

beforeEach(() => {
  const made = makeGallery(12);
  host = made.host;
  host.listen();
  filters = new Filters(made.gallery, new AbortController().signal);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

async function passing(): Promise<number[]> {
  const mask = await filters.mask();
  return [...(mask ?? []).keys()].filter((i) => mask?.[i]);
}

it('lets all pass, and loads nothing, until a value is chosen', async () => {
  expect(await filters.mask()).toBeUndefined();
  expect(host.asked).toEqual([]);
});

it('takes values of a column as alternatives, and columns together', async () => {
  filters.toggle(RED);
  expect(await passing()).toEqual([0, 3, 6, 9]);
  filters.toggle(LARGE);
  // The picture 9 has no size.
  expect(await passing()).toEqual([3]);
  filters.toggle(BLUE);
  expect(await passing()).toEqual([1, 3, 5, 7, 11]);
  filters.toggle(LARGE);
  expect(await passing()).toHaveLength(12);
  // A list and a file for each column.
  expect(host.asked).toHaveLength(4);
});

it('chooses what a link names, and gives back what is not there', () => {
  const unknown = { column: 'Colour', value: 'Green' };
  expect(filters.choose([RED, unknown])).toEqual([unknown]);
  expect([filters.has(RED), filters.has(unknown), filters.choices]).toEqual([true, false, [RED]]);
});

it('tries again to load what failed', async () => {
  const kept = new Map(host.contents);
  host.contents.clear();
  filters.toggle(RED);
  await expect(filters.mask()).rejects.toThrow('404');
  for (const [url, content] of kept) host.contents.set(url, content);
  expect(await passing()).toHaveLength(4);
});
