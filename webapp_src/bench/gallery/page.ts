/** A page that searches the gallery of gallery.json beside it, for tests/bench/index. */
import type { Gallery } from '../../src/generated/manifest';
import { openGallery } from '../../src/inference/gallery/gallery-search';
import { resolveFiles } from '../../src/state/manifest-reader';

interface SearchTime {
  /** Milliseconds until the first pictures were reported, and until the search ended. */
  readonly first: number;
  readonly whole: number;
  readonly positions: readonly number[];
}

declare global {
  interface Window {
    /** Searches for a query, once `count` pictures are wanted. */
    search: (query: readonly number[], count: number) => Promise<SearchTime>;
  }
}

const manifest = (await (await fetch('gallery.json')).json()) as Gallery;
const gallery = openGallery(resolveFiles(manifest, document.baseURI));

window.search = async (query, count) => {
  const start = performance.now();
  let first: number | undefined;
  const onFound = (): void => {
    first ??= performance.now() - start;
  };
  const wanted = { query: Float32Array.from(query), count };
  const found = await gallery.search(wanted, onFound, new AbortController().signal);
  const whole = performance.now() - start;
  return { first: first ?? whole, whole, positions: found.map(({ position }) => position) };
};
