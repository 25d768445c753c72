import type { Gallery, GalleryRecords } from '../../generated/manifest';
import { NamedFiles } from '../../inference/gallery/named-files';
import { LruCache } from '../../inference/lru-cache';

/** How many positions a file has. */
const PER_FILE = 1000;
/** Files that are kept whole, for what is next to a picture that was shown. */
const KEPT_FILES = 16;
/** Pictures of which it is kept what is known: many screens of them. */
const KEPT_PICTURES = 4096;

/** What is known of a picture. */
export interface Picture {
  readonly position: number;
  readonly id: string;
  readonly description: string;
  /** The address of its thumbnail. */
  readonly thumbnail: string;
  readonly width: number;
  readonly height: number;
  /** Where the whole picture is, if that is public. */
  readonly address: string | null;
  readonly author: string | null;
  readonly license: string | null;
  readonly source: string | null;
}

export interface RecordsHost {
  /** Called when more is known. */
  onChange(): void;
  onFailure(error: Error): void;
}

/** What is known of the pictures of a gallery, loaded for those that are looked at. */
export class Records {
  private readonly files = new LruCache<number, GalleryRecords>(KEPT_FILES);
  private readonly pictures = new LruCache<number, Picture>(KEPT_PICTURES);
  private readonly loading = new Map<number, AbortController>();
  private readonly failed = new Set<number>();
  private wanted: readonly number[] = [];
  private readonly source: NamedFiles;
  private readonly closing = new AbortController();

  constructor(
    private readonly gallery: Gallery,
    private readonly host: RecordsHost,
  ) {
    // They are kept as they are used, not as they come.
    this.source = new NamedFiles(gallery.records, 0);
  }

  /** What is known of the picture at a position; undefined until it has been loaded. */
  find(position: number): Picture | undefined {
    const known = this.pictures.get(position);
    if (known) return known;
    const records = this.files.get(fileOf(position));
    if (!records) return undefined;
    const picture = this.read(records, position);
    this.pictures.set(position, picture);
    return picture;
  }

  /** Loads what is missing of these positions, and no longer what others need. */
  want(positions: readonly number[]): void {
    this.wanted = positions;
    const missing = new Set(positions.filter((position) => !this.find(position)).map(fileOf));
    for (const [file, loading] of this.loading) if (!missing.has(file)) loading.abort();
    for (const file of missing) {
      if (!this.loading.has(file) && !this.failed.has(file)) void this.loadWanted(file);
    }
  }

  /**
   * What is known of the picture at a position, which is loaded if need be.
   *
   * @throws Error with a sentence for the visitor.
   */
  async load(position: number, signal = this.closing.signal): Promise<Picture> {
    const known = this.find(position);
    if (known) return known;
    const file = fileOf(position);
    const records = await this.fetch(file, signal);
    this.files.set(file, records);
    return this.read(records, position);
  }

  /** Tries again what failed. */
  retry(): void {
    this.failed.clear();
    this.want(this.wanted);
  }

  close(): void {
    this.closing.abort();
  }

  private async loadWanted(file: number): Promise<void> {
    const loading = new AbortController();
    const signal = AbortSignal.any([loading.signal, this.closing.signal]);
    this.loading.set(file, loading);
    try {
      this.files.set(file, await this.fetch(file, signal));
      // At once, since a screen may show pictures of more files than are kept.
      for (const position of this.wanted) if (fileOf(position) === file) this.find(position);
      this.host.onChange();
    } catch (error) {
      if (signal.aborted) return;
      this.failed.add(file);
      this.host.onFailure(error as Error);
    } finally {
      if (this.loading.get(file) === loading) this.loading.delete(file);
    }
  }

  private async fetch(file: number, signal: AbortSignal): Promise<GalleryRecords> {
    const content = await this.source.get(file, signal);
    return JSON.parse(new TextDecoder().decode(content)) as GalleryRecords;
  }

  private read(records: GalleryRecords, position: number): Picture {
    const { thumbnails } = this.gallery;
    const i = position % PER_FILE;
    const at = <T>(values: readonly T[]): T => {
      if (i >= values.length) throw new Error(`There is no record of the picture ${position}.`);
      return values[i] as T;
    };
    return {
      position,
      id: at(records.id),
      description: at(records.description),
      thumbnail: `${thumbnails ?? ''}${at(records.thumbnail)}`,
      width: at(records.width),
      height: at(records.height),
      address: at(records.address),
      author: at(records.author),
      license: at(records.license),
      source: at(records.source),
    };
  }
}

function fileOf(position: number): number {
  return Math.floor(position / PER_FILE);
}
