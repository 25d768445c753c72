import type { Gallery } from '../../generated/manifest';
import { ExactScan } from './exact-scan';
import type { GallerySearch } from './gallery-search';
import { ListScan } from './list-scan';

/** What finds a gallery's pictures, from the files of one kind of index; rows are the caller's own. */
export interface GalleryIndex extends Pick<GallerySearch, 'search' | 'row'> {
  /** See `GallerySearch`. */
  prepare(): Promise<unknown>;
}

/** The index of a gallery; nothing is downloaded before it is used. */
export function openIndex(gallery: Gallery): GalleryIndex {
  const { index } = gallery;
  return index.kind === 'exact' ? new ExactScan(gallery, index) : new ListScan(gallery, index);
}
