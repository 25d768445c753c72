import { describe, expect, it } from 'vitest';
import type { MapSource } from '../../inference/gallery/map-source';
import { MapTiles, type MapView } from './map-tiles';
import { settle } from '../../testing/sample-manifest';

/** A tile with one point, in its middle, of a picture. */
function tileOf(position: number): ArrayBuffer {
  const data = new ArrayBuffer(8);
  new Uint16Array(data).set([32_768, 32_768]);
  new Uint32Array(data)[1] = position;
  return data;
}

/** A whole pyramid of so many levels; each picture's position is its tile's place in the list. */
function makeSource(levels: number, asked: number[] = []): MapSource {
  const squares: number[] = [];
  for (let level = 0; level < levels; level++) {
    for (let row = 0; row < 2 ** level; row++) {
      for (let column = 0; column < 2 ** level; column++) squares.push(level, column, row);
    }
  }
  return {
    squares: new Uint16Array(squares),
    load(index) {
      asked.push(index);
      return Promise.resolve(tileOf(index));
    },
  };
}

const WHOLE: MapView = { left: 0, top: 0, right: 1, bottom: 1, side: 300 };

async function look(source: MapSource, view: MapView): Promise<MapTiles> {
  const tiles = new MapTiles(source, () => undefined, fail);
  tiles.look(view);
  await settle();
  return tiles;
}

function fail(error: Error): never {
  throw error;
}

describe('a map', () => {
  it('shows as many levels as there is room for', async () => {
    const small = await look(makeSource(4), WHOLE);
    expect(small.shown.map(({ level }) => level)).toEqual([0]);
    const large = await look(makeSource(4), { ...WHOLE, side: 600 });
    expect(large.shown.map(({ level }) => level)).toEqual([0, 1, 1, 1, 1]);
  });

  it('reads only what is in view, once', async () => {
    const asked: number[] = [];
    const view = { left: 0, top: 0, right: 0.24, bottom: 0.24, side: 1200 };
    const tiles = await look(makeSource(4, asked), view);
    expect(tiles.shown.map(({ level, column, row }) => [level, column, row])).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [2, 0, 0],
    ]);
    tiles.look(view);
    expect(asked).toHaveLength(3);
  });

  it('reads less than a megabyte for a view, however large that is', async () => {
    const asked: number[] = [];
    await look(makeSource(5, asked), { ...WHOLE, side: 100_000 });
    expect(asked).toHaveLength(30);
  });

  it('finds the picture nearest to a place', async () => {
    const tiles = await look(makeSource(2), { ...WHOLE, side: 600 });
    expect(tiles.nearest(0.74, 0.76, 0.05)).toBe(4);
    expect(tiles.nearest(0.49, 0.5, 0.05)).toBe(0);
    expect(tiles.nearest(0.1, 0.9, 0.05)).toBeUndefined();
  });

  it('tells of a tile that does not come, and asks again when that is next in view', async () => {
    let failures = 0;
    const source = { ...makeSource(1), load: () => Promise.reject(new Error('gone')) };
    const tiles = new MapTiles(
      source,
      () => undefined,
      () => failures++,
    );
    tiles.look(WHOLE);
    await settle();
    tiles.look(WHOLE);
    await settle();
    expect(failures).toBe(2);
    expect(tiles.shown).toEqual([]);
  });
});
