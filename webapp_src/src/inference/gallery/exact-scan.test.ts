import { afterEach, describe, expect, it, vi } from 'vitest';
import { FileHost } from '../../testing/named-files';
import { ExactScan } from './exact-scan';
import type { Found } from './gallery-search';

const DIM = 8;
const ROWS_PER_FILE = 5;
const SCALE = 1 / 127;

/** int8 rows of 13 pictures in files of five. */
function makeCodes(): Int8Array<ArrayBuffer> {
  return Int8Array.from({ length: 13 * DIM }, (_, i) => ((i * 7919) % 255) - 127);
}

function openScan(): { scan: ExactScan; host: FileHost } {
  const host = new FileHost();
  const bytes = new Uint8Array(makeCodes().buffer);
  const files = [0, 1, 2].map((file) =>
    bytes.slice(file * ROWS_PER_FILE * DIM, (file + 1) * ROWS_PER_FILE * DIM),
  );
  const rows = host.addList(files);
  host.listen();
  const index = { kind: 'exact' as const, rows, rowsPerFile: ROWS_PER_FILE, scale: SCALE };
  return { scan: new ExactScan({ pictures: 13, dim: DIM }, index), host };
}

const QUERY = Float32Array.from({ length: DIM }, (_, i) => Math.cos(i) / 2);

function expected(isWanted: (position: number) => boolean = () => true): number[] {
  const codes = makeCodes();
  return Array.from({ length: 13 }, (_, position) => position)
    .filter(isWanted)
    .map((position) => ({
      position,
      similarity: QUERY.reduce(
        (sum, value, i) => sum + value * (codes[position * DIM + i] ?? 0),
        0,
      ),
    }))
    .sort((a, b) => b.similarity - a.similarity)
    .map(({ position }) => position);
}

describe('a scan of all rows', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  const { signal } = new AbortController();

  it('finds the best, and reports what is best of the files that are there', async () => {
    const { scan } = openScan();
    const reports: (readonly Found[])[] = [];
    const found = await scan.search(
      { query: QUERY, count: 4 },
      (best) => reports.push(best),
      signal,
    );
    expect(found.map(({ position }) => position)).toEqual(expected().slice(0, 4));
    expect(reports).toHaveLength(3);
    expect(reports.at(-1)).toEqual(found);
  });

  it('leaves out what is not wanted', async () => {
    const { scan } = openScan();
    const mask = Uint8Array.from({ length: 13 }, (_, position) => position % 3);
    const found = await scan.search({ query: QUERY, count: 9, mask }, () => undefined, signal);
    expect(found.map(({ position }) => position)).toEqual(expected((i) => i % 3 !== 0));
  });

  it('downloads each file once', async () => {
    const { scan, host } = openScan();
    await scan.search({ query: QUERY, count: 2 }, () => undefined, signal);
    await scan.search({ query: QUERY, count: 13 }, () => undefined, signal);
    expect(host.asked).toHaveLength(4);
  });

  it('shows the rest where a file is gone, says so, and asks for it again', async () => {
    const { scan, host } = openScan();
    const whole = new Map(host.contents);
    const [gone = ''] = [...host.contents.keys()];
    host.contents.delete(gone);
    let last: readonly Found[] = [];
    const search = (): Promise<readonly Found[]> =>
      scan.search({ query: QUERY, count: 13 }, (found) => (last = found), signal);
    await expect(search()).rejects.toThrow('The server answered 404');
    expect(last).toHaveLength(8);
    host.contents.set(gone, whole.get(gone) ?? new Uint8Array());
    expect(await search()).toHaveLength(13);
  });

  it('knows the unit row of a picture', async () => {
    const { scan } = openScan();
    const row = await scan.row(11);
    const codes = makeCodes().slice(11 * DIM, 12 * DIM);
    const length = Math.hypot(...codes);
    expect([...row]).toEqual([...codes].map((code) => expect.closeTo(code / length, 6) as number));
  });

  it('that is stopped fails with the reason', async () => {
    const { scan } = openScan();
    const abort = new AbortController();
    abort.abort(new Error('Something else was typed.'));
    await expect(
      scan.search({ query: QUERY, count: 1 }, () => undefined, abort.signal),
    ).rejects.toThrow('Something else was typed.');
  });
});
