import type { GalleryMap } from '../../generated/manifest';
import { fetchList, fetchNamed } from './named-file';
import { loadFile } from '../site-files';

/** Where the tiles of a map come from. */
export interface MapSource {
  /** Three numbers for each tile: level, column and row. */
  readonly squares: Uint16Array;
  load(index: number): Promise<ArrayBuffer>;
}

/** Reads which tiles a map has; each is then fetched when it is asked for. */
export async function openMap(
  { tiles, squares }: GalleryMap,
  signal: AbortSignal,
): Promise<MapSource> {
  const [urlOf, content] = await Promise.all([fetchList(tiles, signal), loadFile(squares, signal)]);
  return {
    squares: new Uint16Array(content),
    load: (index) => fetchNamed(urlOf(index), signal),
  };
}
