import type { Gallery } from '../../generated/manifest';
import { GalleryWorker } from './gallery-worker';

/** A picture that was found. */
export interface Found {
  readonly position: number;
  readonly similarity: number;
}

export interface Wanted {
  /** float32[dim], of length 1. */
  readonly query: Float32Array;
  /** How many pictures, the best first. */
  readonly count: number;
  /** A byte for each position, 0 where a picture is not wanted; all are if there is none. */
  readonly mask?: Uint8Array;
}

export interface GallerySearch {
  /**
   * Loads what all searches need, for when one is likely: some 500 kB for a million pictures. A search
   * that comes before does so itself.
   *
   * @throws DownloadError, or one with its name, if a file cannot be had.
   */
  prepare(): Promise<void>;
  /**
   * The pictures most like a row. `onFound` is called whenever more is known, with what is best so far;
   * the promise resolves with what is found in the end. Asking for more of the same query reads only
   * what was not read before.
   *
   * @throws DownloadError, or one with its name, if a file cannot be had; the signal's reason if it is
   *   aborted.
   */
  search(
    wanted: Wanted,
    onFound: (found: readonly Found[]) => void,
    signal: AbortSignal,
  ): Promise<readonly Found[]>;
  /** float32[dim]: the unit row of the picture at a position, as near as the index knows it. */
  row(position: number): Promise<Float32Array>;
  /** The addresses of the files that were read so far. */
  used(): Promise<readonly string[]>;
  close(): void;
}

/** Opens the gallery of a manifest in a worker. */
export function openGallery(gallery: Gallery): GallerySearch {
  return new GalleryWorker(gallery);
}
