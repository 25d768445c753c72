import type { Column, FileList, Gallery, GalleryRecords } from '../generated/manifest';
import type { EncoderStatus } from '../inference/encoder-status';
import type { Found, GallerySearch, Wanted } from '../inference/gallery/gallery-search';
import type { GalleryVisit, GalleryVisitHost } from '../pages/gallery/gallery-visit';
import type { Reader } from '../pages/gallery/sentence-reader';
import type { GalleryManifest } from '../state/manifest-loader';
import { FileHost } from './named-files';
import { makeManifest } from './sample-manifest';

const encode = (value: unknown): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify(value));

/** Names of pictures at positions next to each other, from `first` on. */
export function makeRecords(first: number, count: number): GalleryRecords {
  const each = <T>(make: (position: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => make(first + i));
  return {
    id: each((i) => `id-${i}`),
    description: each((i) => `Picture ${i}`),
    thumbnail: each((i) => `${i}.jpg`),
    width: each(() => 640),
    height: each(() => 480),
    address: each((i) => (i % 2 ? `https://archive.test/${i}.jpg` : null)),
    author: each((i) => (i % 2 ? 'A. Maker' : null)),
    license: each(() => 'CC BY 4.0'),
    source: each((i) => `https://archive.test/${i}`),
    x: each((i) => i / (first + count)),
    y: each(() => 0.5),
  };
}

/** A gallery with files that a host has; every third picture is `Red`, the others `Blue`. */
export function makeGallery(
  pictures: number,
  host = new FileHost(),
): { gallery: Gallery; host: FileHost } {
  const list = (contents: readonly Uint8Array<ArrayBuffer>[]): FileList => host.addList(contents);
  const records = Array.from({ length: Math.ceil(pictures / 1000) }, (_, file) =>
    encode(makeRecords(1000 * file, Math.min(1000, pictures - 1000 * file))),
  );
  const column = (name: string, values: string[], valueOf: (i: number) => number): Column => ({
    name,
    values,
    files: list([Uint8Array.from({ length: pictures }, (_, i) => valueOf(i))]),
  });
  const gallery: Gallery = {
    map: null,
    model: 'tiny',
    pictures,
    dim: 2,
    index: { kind: 'exact', rows: list([]), rowsPerFile: 1000, scale: 1 },
    records: list(records),
    thumbnails: 'https://demo.test/gallery/thumbnails/',
    files: [],
    columns: [
      column('Colour', ['Red', 'Blue'], (i) => (i % 3 === 0 ? 0 : 1)),
      column('Size', ['Small', 'Large'], (i) => (i % 10 === 9 ? 255 : i % 2)),
    ],
  };
  return { gallery, host };
}

/** A site with a gallery beside its demo. */
export function makeGalleryManifest(gallery: Gallery): GalleryManifest {
  return { ...makeManifest(), gallery };
}

/** Finds pictures in the order of their positions, from the one that a query's first number says. */
export class FakeSearch implements GallerySearch {
  readonly asked: Wanted[] = [];
  readonly signals: AbortSignal[] = [];
  error: Error | undefined;
  /** What is told, one after the other, before the answer; each is released by a call of `step`. */
  steps: (readonly Found[])[] = [];
  private release: (() => void) | undefined;
  closed = false;
  prepared = 0;

  constructor(private readonly pictures: number) {}

  prepare(): Promise<void> {
    this.prepared += 1;
    return Promise.resolve();
  }

  async search(
    wanted: Wanted,
    onFound: (found: readonly Found[]) => void,
    signal: AbortSignal,
  ): Promise<readonly Found[]> {
    this.asked.push(wanted);
    this.signals.push(signal);
    if (this.error) throw this.error;
    for (const found of this.steps.splice(0)) {
      onFound(found);
      await new Promise<void>((resolve) => (this.release = resolve));
    }
    signal.throwIfAborted();
    const { query, count, mask } = wanted;
    const positions = Array.from({ length: this.pictures }, (_, i) => i);
    const passing = positions.filter((i) => i >= (query[0] ?? 0) && (mask?.[i] ?? 1));
    return passing.slice(0, count).map((position) => foundAt(position));
  }

  /** Goes on with a search after what it told. */
  step(): void {
    this.release?.();
  }

  row(position: number): Promise<Float32Array> {
    return Promise.resolve(Float32Array.of(position, 0));
  }

  used(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  close(): void {
    this.closed = true;
  }
}

export function foundAt(position: number): Found {
  return { position, similarity: 1 - position / 1000 };
}

/** Reads the first number of a text as its row. */
export class FakeReader implements Reader {
  encoder: EncoderStatus = { status: 'idle' };
  warmed = 0;
  readonly read: string[] = [];

  open(): Promise<void> {
    return Promise.resolve();
  }

  warm(): Promise<void> {
    this.warmed += 1;
    return Promise.resolve();
  }

  embed(texts: readonly string[]): Promise<Float32Array[]> {
    this.read.push(...texts);
    return Promise.resolve(texts.map((text) => Float32Array.of(Number(/\d+/.exec(text)), 0)));
  }

  close(): void {
    this.encoder = { status: 'idle' };
  }
}

/** The page around a visit. */
export class FakeGalleryPage implements GalleryVisitHost {
  readonly search: FakeSearch;
  readonly reader = new FakeReader();
  searches = 0;

  constructor(
    pictures: number,
    readonly onChange: () => void = () => undefined,
  ) {
    this.search = new FakeSearch(pictures);
  }

  openReader(): Reader {
    return this.reader;
  }

  openSearch(): GallerySearch {
    this.searches += 1;
    return this.search;
  }
}

/** The positions of the first pictures of a visit. */
export function shownBy({ order }: GalleryVisit, count: number): number[] {
  return Array.from({ length: count }, (_, place) => order.positionAt(place));
}

/** What a visit tells the visitor. */
export function toldBy({ messages }: GalleryVisit): string[] {
  return messages.list.map(({ text }) => text);
}
