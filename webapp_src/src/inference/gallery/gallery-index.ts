import type { Gallery } from '../../generated/manifest';
import { ExactScan } from './exact-scan';
import type { Found, Wanted } from './gallery-search';
import { ListScan } from './list-scan';

/** What finds a gallery's pictures, from the files of one kind of index. */
export interface GalleryIndex {
  /** See `GallerySearch`. */
  prepare(): Promise<unknown>;
  /** See `GallerySearch`. */
  search(
    wanted: Wanted,
    onFound: (found: readonly Found[]) => void,
    signal: AbortSignal,
  ): Promise<readonly Found[]>;
  /** float32[dim]: the unit row of the picture at a position; the caller's own. */
  row(position: number): Promise<Float32Array>;
}

/** The index of a gallery; nothing is downloaded before it is used. */
export function openIndex(gallery: Gallery): GalleryIndex {
  const { index } = gallery;
  return index.kind === 'exact' ? new ExactScan(gallery, index) : new ListScan(gallery, index);
}
