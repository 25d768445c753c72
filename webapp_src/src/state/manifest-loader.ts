import type { FunctionSiteManifest, Gallery, SiteManifest } from '../generated/manifest';
import { readChunks, STALL_MS, within } from '../inference/body';
import { nameOf } from '../inference/download';
import {
  ManifestError,
  parseManifest,
  resolveAddresses,
  type AnyManifest,
  type ModelsManifest,
} from './manifest-reader';

export interface ManifestOptions {
  /** Downloads it anew, past every cache, as after a failure. */
  readonly fresh?: boolean;
}

/**
 * Fetches and checks the manifest of a site; the addresses in it are relative to it.
 *
 * @returns The manifest with absolute addresses.
 */
export async function loadManifest(
  url: string,
  options: ManifestOptions = {},
): Promise<SiteManifest> {
  const manifest = await loadAnyManifest(url, options);
  if ('images' in manifest) return manifest;
  throw new ManifestError(`${nameOf(url)} describes no pictures with sentences.`);
}

/** A site that has a gallery. */
export type GalleryManifest = ModelsManifest & { readonly gallery: Gallery };

/** The same for a site with a gallery. */
export async function loadGalleryManifest(
  url: string,
  options: ManifestOptions = {},
): Promise<GalleryManifest> {
  const manifest = await loadAnyManifest(url, options);
  if ('gallery' in manifest && manifest.gallery) return manifest as GalleryManifest;
  throw new ManifestError(`${nameOf(url)} describes no gallery.`);
}

/** The same for a site of functions. */
export async function loadFunctionManifest(
  url: string,
  options: ManifestOptions = {},
): Promise<FunctionSiteManifest> {
  const manifest = await loadAnyManifest(url, options);
  if ('functions' in manifest) return manifest;
  throw new ManifestError(`${url} describes no functions.`);
}

/** The same for a site of either kind. */
export async function loadAnyManifest(
  url: string,
  { fresh = false }: ManifestOptions = {},
): Promise<AnyManifest> {
  const { href } = new URL(url, document.baseURI);
  const load = async (cache: RequestCache): Promise<AnyManifest> =>
    resolveAddresses(await parseManifest(await download(href, url, cache)), href);
  if (fresh) return load('reload');
  try {
    // A browser may keep a manifest for longer than the site keeps the files that it names.
    return await load('no-cache');
  } catch {
    // What is wrong may be in a cache.
    return load('reload');
  }
}

async function download(
  href: string,
  url: string,
  cache: RequestCache,
): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await within(STALL_MS, fetch(href, { cache }));
    if (response.ok) return await readAll(response);
  } catch {
    throw new ManifestError(
      href.startsWith('file:')
        ? 'Browsers do not let a page read files of this device. Put the demo on a web server, such as “lit-demo serve”, and open it there.'
        : 'The demo could not be loaded. Check the connection and try again.',
    );
  }
  throw new ManifestError(
    `The demo could not be loaded: the server answered ${response.status} for ${nameOf(url)}.`,
  );
}

async function readAll(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: BlobPart[] = [];
  for await (const chunk of readChunks(response)) chunks.push(new Uint8Array(chunk));
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
