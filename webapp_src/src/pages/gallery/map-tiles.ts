import type { MapSource } from '../../inference/gallery/map-source';

/** What of the map is seen, where the whole map is the square from 0 to 1, and how large it is drawn. */
export interface MapView {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** CSS pixels of the whole map's side. */
  readonly side: number;
}

/** A square of the map and its points: 8 bytes for each, as `builder.gallery.overview.tiles` says. */
export interface MapTile {
  readonly level: number;
  readonly column: number;
  readonly row: number;
  readonly data: ArrayBuffer;
}

/** A tile is read where it would be drawn at least so large, in CSS pixels. */
const LEAST_SIDE = 256;

/** Tiles of a view, of at most 32 kB each: a view costs less than 1 MB. */
const MOST_TILES = 30;

/** Of 65,535, the largest coordinate in a tile. */
const UNIT = 65_535;

/** The tiles of the part of a map that is seen; those that were read are kept. */
export class MapTiles {
  private readonly read = new Map<number, MapTile>();
  private readonly reading = new Set<number>();
  private wanted: readonly number[] = [];

  constructor(
    private readonly source: MapSource,
    private readonly onChange: () => void,
    private readonly onFailure: (error: Error) => void,
  ) {}

  /** Those of the view that are there, the upper levels first. */
  get shown(): readonly MapTile[] {
    return this.wanted.flatMap((index) => this.read.get(index) ?? []);
  }

  /** Whether some of the view are still being read. */
  get busy(): boolean {
    return this.reading.size > 0;
  }

  /** Notes what is seen, and reads what is missing of it. */
  look(view: MapView): void {
    this.wanted = this.choose(view);
    for (const index of this.wanted) void this.fetch(index);
  }

  /** The position of the picture nearest to a place on the map, if one is within `radius`. */
  nearest(x: number, y: number, radius: number): number | undefined {
    let [best, found]: [number, number | undefined] = [radius ** 2, undefined];
    for (const tile of this.shown) {
      for (const point of pointsOf(tile)) {
        const distance = (point.x - x) ** 2 + (point.y - y) ** 2;
        if (distance <= best) [best, found] = [distance, point.position];
      }
    }
    return found;
  }

  private choose({ left, top, right, bottom, side }: MapView): number[] {
    const { squares } = this.source;
    const chosen: number[] = [];
    for (let index = 0; 3 * index < squares.length && chosen.length < MOST_TILES; index++) {
      const [level = 0, column = 0, row = 0] = squares.subarray(3 * index, 3 * index + 3);
      const size = 2 ** -level;
      // The list begins with the upper levels, and those below are drawn smaller.
      if (level > 0 && side * size < LEAST_SIDE) break;
      const [x, y] = [column * size, row * size];
      if (x < right && x + size > left && y < bottom && y + size > top) chosen.push(index);
    }
    return chosen;
  }

  private async fetch(index: number): Promise<void> {
    if (this.read.has(index) || this.reading.has(index)) return;
    this.reading.add(index);
    try {
      const data = await this.source.load(index);
      const [level = 0, column = 0, row = 0] = this.source.squares.subarray(3 * index);
      this.read.set(index, { level, column, row, data });
    } catch (error) {
      this.onFailure(error as Error);
    } finally {
      this.reading.delete(index);
      this.onChange();
    }
  }
}

interface MapPoint {
  readonly x: number;
  readonly y: number;
  readonly position: number;
}

function* pointsOf({ level, column, row, data }: MapTile): Generator<MapPoint> {
  const [places, positions] = [new Uint16Array(data), new Uint32Array(data)];
  const size = 2 ** -level;
  for (let i = 0; 2 * i < positions.length; i++) {
    const [x = 0, y = 0] = [places[4 * i], places[4 * i + 1]];
    yield {
      x: (column + x / UNIT) * size,
      y: (row + y / UNIT) * size,
      position: positions[2 * i + 1] ?? 0,
    };
  }
}
