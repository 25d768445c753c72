import type { Gallery, ListIndex } from '../../generated/manifest';
import { isDownloadError } from '../download';
import { LruCache } from '../lru-cache';
import { Best } from './best';
import type { GalleryIndex } from './gallery-index';
import type { Found, Wanted } from './gallery-search';
import { ListHead, type Expected } from './list-head';
import { fetchNamed } from './named-file';
import { NamedFiles } from './named-files';
import { dotAt, normalize } from './numbers';
import { PictureList } from './picture-list';
import { loadFile } from '../site-files';

/** Files that stay in memory: some 10 MB of each kind. */
const KEPT_LISTS = 200;
const KEPT_BLOCKS = 1200;

/** Pictures that what is read at first is for; one more list is read for each further so many. */
const FIRST_PICTURES = 50;
const FURTHER_BLOCKS = 2;

/** How much is read depends on how similar the last of so many pictures looks. */
const FIRST = 10;

/** With a mask, so many times the lists are read at most. */
const PATIENCE = 8;

/** A list that was read for a query, with what is known of the similarities, float32[count]. */
interface Read {
  readonly list: PictureList;
  readonly similarities: Float32Array;
}

/** The pictures of a block, whose rows are one file: places in a list. */
interface Block {
  readonly read: Read;
  readonly number: number;
  /** The greatest of what its codes say. */
  readonly guess: number;
}

/**
 * Reads the lists that are the most promising for a query, and then the whole rows of the pictures that
 * look best by their codes: see `Lists` in builder/gallery/index/lists.py, which finds the same.
 */
export class ListScan implements GalleryIndex {
  private head: Promise<ListHead> | undefined;
  private readonly lists: NamedFiles;
  private readonly blocks = new LruCache<string, Int8Array>(KEPT_BLOCKS);

  constructor(
    private readonly gallery: Pick<Gallery, 'pictures' | 'dim'>,
    private readonly index: ListIndex,
  ) {
    this.lists = new NamedFiles(index.lists, KEPT_LISTS);
  }

  prepare(): Promise<ListHead> {
    this.head ??= this.loadHead().catch((error: unknown) => {
      this.head = undefined;
      throw error;
    });
    return this.head;
  }

  async search(
    wanted: Wanted,
    onFound: (found: readonly Found[]) => void,
    signal: AbortSignal,
  ): Promise<readonly Found[]> {
    const head = await this.prepare();
    signal.throwIfAborted();
    const further = Math.floor((wanted.count - 1) / FIRST_PICTURES);
    const reads = await this.readLists(head, wanted, further, onFound, signal);
    const blocks = rankBlocks(reads, wanted.mask, this.index.rowsPerBlock);
    const { least } = collect(reads, { ...wanted, count: FIRST });
    const promising = blocks.filter(({ guess }) => guess >= least - this.index.slack).length;
    const count = Math.min(promising, this.index.blocks) + FURTHER_BLOCKS * further;
    const chosen = blocks.slice(0, count);
    await Promise.all(chosen.map((block) => this.readBlock(block, wanted.query, signal)));
    const found = collect(reads, wanted).list();
    onFound(found);
    return found;
  }

  async row(position: number): Promise<Float32Array> {
    const { signal } = new AbortController();
    const head = await this.prepare();
    const number = head.listOf(position);
    const list = this.open(head, number, await this.lists.get(number, signal));
    const place = position - list.start;
    const block = Math.floor(place / this.index.rowsPerBlock);
    const codes = await this.fetchBlock(list, block, signal);
    if (!codes) return normalize(list.decode(place));
    const start = (place - block * this.index.rowsPerBlock) * this.gallery.dim;
    return normalize(Float32Array.from(codes.subarray(start, start + this.gallery.dim)));
  }

  private async loadHead(): Promise<ListHead> {
    const { signal } = new AbortController();
    const { head } = this.index;
    const [content] = await Promise.all([loadFile(head, signal), this.lists.prepare()]);
    return new ListHead(this.index, this.gallery.dim, content);
  }

  private open(head: ListHead, number: number, content: ArrayBuffer): PictureList {
    return new PictureList(this.index, head, number, content);
  }

  /** Reads lists, some further ones; with a mask, as many more as it takes to find what is wanted. */
  private async readLists(
    head: ListHead,
    wanted: Wanted,
    further: number,
    onFound: (found: readonly Found[]) => void,
    signal: AbortSignal,
  ): Promise<Read[]> {
    const { query, count, mask } = wanted;
    const { starts } = head;
    const isWanted = (list: number): boolean =>
      mask?.subarray(starts[list], starts[list + 1]).some((byte) => byte !== 0) ?? true;
    const ranked = head.rank(query).filter(({ list }) => isWanted(list));
    const probes = this.countLists(ranked, head, count) + further;
    const tables = head.tabulate(query);
    const reads: Read[] = [];
    const best = new Best(count);
    const most = mask ? PATIENCE * probes : probes;
    for (let next = 0; next < most && (next === 0 || best.size < count); next += probes) {
      const lists = ranked.slice(next, next + probes).map(({ list }) => list);
      const use = (content: ArrayBuffer, number: number): void => {
        const list = this.open(head, number, content);
        const read = { list, similarities: list.guess(query, tables) };
        reads.push(read);
        collectFrom(read, mask, best);
        onFound(best.list());
      };
      await this.lists.forEach(lists, use, signal);
    }
    return reads;
  }

  /** How many of the lists have so many pictures, and what a search wants of what is expected in all. */
  private countLists(ranked: readonly Expected[], head: ListHead, pictures: number): number {
    const { share, probes } = this.index;
    const wanted = share * ranked.reduce((sum, one) => sum + one.share, 0);
    let [count, held, expected] = [0, 0, 0];
    for (const one of ranked) {
      if (held >= pictures && (expected >= wanted || count >= probes)) break;
      held += head.sizeOf(one.list);
      expected += one.share;
      count++;
    }
    return count;
  }

  /** Puts what a block's rows say in the place of what its codes do. */
  private async readBlock(
    { read, number }: Block,
    query: Float32Array,
    signal: AbortSignal,
  ): Promise<void> {
    const codes = await this.fetchBlock(read.list, number, signal);
    if (!codes) return;
    const first = number * this.index.rowsPerBlock;
    for (let start = 0, place = first; start < codes.length; start += query.length, place++) {
      read.similarities[place] = this.index.scale * dotAt(codes, start, query);
    }
  }

  /** int8[n, dim]: the rows of a block, or undefined where they cannot be had: then codes have to do. */
  private async fetchBlock(
    list: PictureList,
    block: number,
    signal: AbortSignal,
  ): Promise<Int8Array | undefined> {
    const url = list.urlOfBlock(block);
    const kept = this.blocks.get(url);
    if (kept) return kept;
    try {
      const codes = new Int8Array(await fetchNamed(url, signal));
      this.blocks.set(url, codes);
      return codes;
    } catch (error) {
      if (isDownloadError(error)) return undefined;
      throw error;
    }
  }
}

/** All blocks of lists, that first which has the most promising picture. */
function rankBlocks(
  reads: readonly Read[],
  mask: Uint8Array | undefined,
  rowsPerBlock: number,
): Block[] {
  const blocks = reads.flatMap((read) => {
    const { start, count } = read.list;
    const guesses = new Float32Array(Math.ceil(count / rowsPerBlock)).fill(-Infinity);
    read.similarities.forEach((similarity, place) => {
      const number = Math.floor(place / rowsPerBlock);
      if (mask?.[start + place] === 0) return;
      guesses[number] = Math.max(guesses[number] ?? 0, similarity);
    });
    return Array.from(guesses, (guess, number) => ({ read, number, guess }));
  });
  return blocks
    .filter(({ guess }) => guess > -Infinity)
    .sort((a, b) => b.guess - a.guess || a.read.list.start - b.read.list.start);
}

function collect(reads: readonly Read[], { count, mask }: Wanted): Best {
  const best = new Best(count);
  for (const read of reads) collectFrom(read, mask, best);
  return best;
}

function collectFrom({ list, similarities }: Read, mask: Uint8Array | undefined, best: Best): void {
  similarities.forEach((similarity, place) => {
    if (mask?.[list.start + place] !== 0) best.add(list.start + place, similarity);
  });
}
