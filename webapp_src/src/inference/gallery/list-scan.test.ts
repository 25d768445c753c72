import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeBase64 } from '../../base64';
import type { ListIndex } from '../../generated/manifest';
import { FileHost } from '../../testing/named-files';
import type { Found, Wanted } from './gallery-search';
import { ListScan } from './list-scan';

interface Golden {
  readonly pictures: number;
  readonly dim: number;
  readonly index: ListIndex;
  readonly files: Readonly<Record<string, string>>;
  readonly searches: readonly {
    readonly query: readonly number[];
    readonly positions: readonly number[];
    readonly similarities: readonly number[];
    readonly bytes: number;
    readonly lists: number;
    readonly blocks: number;
  }[];
  /** Of position 700. */
  readonly row: readonly number[];
}

const SITE = 'https://demo.test/';
const golden = JSON.parse(
  readFileSync(new URL('../../../../tests/golden/gallery_lists.json', import.meta.url), 'utf8'),
) as Golden;
const HEAD = `${SITE}${golden.index.head.url}`;
const LIST = `${SITE}${golden.index.lists.url}`;
const { signal } = new AbortController();

/** The index of the golden, as the page has it: with absolute addresses. */
function openScan(): ListScan {
  const { head, lists } = golden.index;
  return new ListScan(golden, {
    ...golden.index,
    head: { ...head, url: HEAD },
    lists: { ...lists, url: LIST, folder: `${SITE}${lists.folder}` },
  });
}

function wantedOf(search: number, count: number, mask?: Uint8Array): Wanted {
  const query = Float32Array.from(golden.searches[search]?.query ?? []);
  return { query, count, ...(mask && { mask }) };
}

function positionsOf(found: readonly Found[]): number[] {
  return found.map(({ position }) => position);
}

describe('a search through lists', () => {
  let host: FileHost;

  beforeEach(() => {
    host = new FileHost();
    for (const [url, content] of Object.entries(golden.files)) {
      host.contents.set(`${SITE}${url}`, decodeBase64(content));
    }
    host.listen();
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  function searched(): string[] {
    return host.asked.filter((url) => url !== HEAD && url !== LIST);
  }

  it.each(golden.searches.map((search, number) => ({ ...search, number })))(
    'finds what Python finds in the same files ($number)',
    async ({ number, positions, similarities, bytes, lists, blocks }) => {
      const found = await openScan().search(wantedOf(number, 12), () => undefined, signal);
      expect(positionsOf(found)).toEqual(positions);
      for (const [i, { similarity }] of found.entries()) {
        expect(similarity).toBeCloseTo(similarities[i] ?? 0, 4);
      }
      expect(searched()).toHaveLength(lists + blocks);
      const sizes = searched().map((url) => host.contents.get(url)?.length ?? 0);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(bytes);
    },
  );

  it('reads nothing that all searches need, once that was prepared', async () => {
    const scan = openScan();
    await scan.prepare();
    expect(host.asked.toSorted()).toEqual([HEAD, LIST].toSorted());
    await scan.search(wantedOf(0, 3), () => undefined, signal);
    expect(new Set(host.asked).size).toBe(host.asked.length);
  });

  it('reports what is best with each list that is there', async () => {
    const reports: (readonly Found[])[] = [];
    const found = await openScan().search(wantedOf(0, 3), (best) => reports.push(best), signal);
    expect(reports).toHaveLength((golden.searches[0]?.lists ?? 0) + 1);
    expect(reports.at(-1)).toEqual(found);
  });

  it('for more pictures reads only what was not read before', async () => {
    const scan = openScan();
    await scan.search(wantedOf(0, 12), () => undefined, signal);
    const before = host.asked.length;
    await scan.search(wantedOf(0, 12), () => undefined, signal);
    expect(host.asked).toHaveLength(before);
    const found = await scan.search(wantedOf(0, 51), () => undefined, signal);
    expect(found).toHaveLength(51);
    expect(new Set(host.asked).size).toBe(host.asked.length);
    expect(host.asked.length).toBeGreaterThan(before);
  });

  it('finds what a mask leaves, wherever it is, and reads no list without it', async () => {
    const wanted = [3, 333, 666, 899];
    const mask = new Uint8Array(golden.pictures);
    for (const position of wanted) mask[position] = 1;
    const found = await openScan().search(wantedOf(1, 10, mask), () => undefined, signal);
    expect(positionsOf(found).toSorted((a, b) => a - b)).toEqual(wanted);
    expect(searched().length).toBeLessThanOrEqual(8);
  });

  it('keeps to the order of codes where the whole rows cannot be had', async () => {
    const scan = openScan();
    await scan.search(wantedOf(2, 12), () => undefined, signal);
    const blocks = searched().slice(golden.searches[2]?.lists);
    expect(blocks).toHaveLength(golden.searches[2]?.blocks ?? 0);
    for (const url of blocks) host.contents.delete(url);
    const found = await openScan().search(wantedOf(2, 12), () => undefined, signal);
    const exact = new Set(golden.searches[2]?.positions);
    expect(positionsOf(found).filter((position) => exact.has(position)).length).toBeGreaterThan(5);
  });

  it('refuses a list that was altered, when it has shown the others', async () => {
    const scan = openScan();
    await scan.search(wantedOf(1, 1), () => undefined, signal);
    const [list = ''] = searched();
    host.contents.get(list)?.fill(0, 40, 60);
    let last: readonly Found[] = [];
    const search = openScan().search(wantedOf(1, 5), (found) => (last = found), signal);
    await expect(search).rejects.toThrow('was altered on its way');
    expect(last).toHaveLength(5);
  });

  it('says that a file is gone, as after another version was published', async () => {
    host.contents.delete(HEAD);
    const scan = openScan();
    const search = (): Promise<readonly Found[]> =>
      scan.search(wantedOf(0, 1), () => undefined, signal);
    await expect(search()).rejects.toThrow('The server answered 404');
    host.contents.set(HEAD, decodeBase64(golden.files[golden.index.head.url] ?? ''));
    expect(await search()).toHaveLength(1);
  });

  it('that is stopped fails with the reason, and the next one does not', async () => {
    const scan = openScan();
    const abort = new AbortController();
    const stopped = scan.search(wantedOf(0, 1), () => undefined, abort.signal);
    abort.abort(new Error('Something else was typed.'));
    const next = scan.search(wantedOf(1, 1), () => undefined, signal);
    await expect(stopped).rejects.toThrow('Something else was typed.');
    expect(await next).toHaveLength(1);
  });

  it('knows the unit row of a picture, by its code where its rows cannot be had', async () => {
    const row = await openScan().row(700);
    expect([...row]).toEqual(golden.row.map((value) => expect.closeTo(value, 5) as number));
    host.contents.delete(host.asked.at(-1) ?? '');
    const decoded = await openScan().row(700);
    const cosine = decoded.reduce((sum, value, i) => sum + value * (row[i] ?? 0), 0);
    expect(cosine).toBeGreaterThan(0.8);
    expect(cosine).toBeLessThan(0.99999);
  });
});
