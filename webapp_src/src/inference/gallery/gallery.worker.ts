import { expose, transfer } from 'comlink';
import type { Gallery } from '../../generated/manifest';
import { holdLife } from '../worker-life';
import { openIndex, type GalleryIndex } from './gallery-index';
import type { Found, Wanted } from './gallery-search';

/** What the page can ask of the worker that searches a gallery. */
export interface GalleryWorkerApi {
  /** @returns Whether the page can see when the worker ends: see `holdLife`. */
  open(gallery: Gallery): Promise<boolean>;
  prepare(): Promise<void>;
  /** See `GallerySearch`; the number is for `stop`. */
  search(
    number: number,
    wanted: Wanted,
    onFound: (found: readonly Found[]) => void,
  ): Promise<readonly Found[]>;
  /** Ends a search, whose promise is rejected. */
  stop(number: number): void;
  row(position: number): Promise<Float32Array>;
  used(): readonly string[];
}

let index: GalleryIndex | undefined;
const searches = new Map<number, AbortController>();

const api: GalleryWorkerApi = {
  open(gallery) {
    index = openIndex(gallery);
    return holdLife();
  },

  async prepare() {
    await opened().prepare();
  },

  async search(number, wanted, onFound) {
    const abort = new AbortController();
    searches.set(number, abort);
    try {
      return await opened().search(wanted, onFound, abort.signal);
    } finally {
      searches.delete(number);
    }
  },

  stop(number) {
    searches.get(number)?.abort();
  },

  async row(position) {
    const row = await opened().row(position);
    return transfer(row, [row.buffer as ArrayBuffer]);
  },

  used() {
    return performance.getEntriesByType('resource').map(({ name }) => name);
  },
};

function opened(): GalleryIndex {
  if (!index) throw new Error('The gallery has not been opened.');
  return index;
}

expose(api);
