import type { FileRef, FunctionSiteManifest, SiteManifest } from '../generated/manifest';
import { nameOf } from '../inference/download';
import { isSealed } from './seal';

const SCHEMA_VERSION: SiteManifest['schemaVersion'] = 2;

/** How much of a version that this app does not know is repeated to the visitor. */
const MAX_VERSION = 20;

type AnyManifest = SiteManifest | FunctionSiteManifest;

export interface ManifestOptions {
  /** Downloads it anew, past every cache, as after a failure. */
  readonly fresh?: boolean;
}

/** A manifest that cannot be used; the message is a sentence a person can act on. */
class ManifestError extends Error {
  override readonly name = 'ManifestError';
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
  if ('models' in manifest) return manifest;
  throw new ManifestError(`${nameOf(url)} describes functions, not pictures and sentences.`);
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
    response = await fetch(href, { cache });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
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

/** @throws ManifestError if the bytes are not a whole manifest of the version that this app reads. */
export async function parseManifest(data: Uint8Array<ArrayBuffer>): Promise<AnyManifest> {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder().decode(data));
  } catch {
    throw new ManifestError(
      'The demo’s manifest is damaged, or the server sent something else in its place. Try again; if it stays so, rebuild or upload the site again.',
    );
  }
  const version = (content as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (version !== SCHEMA_VERSION) {
    throw new ManifestError(
      `This page reads version ${SCHEMA_VERSION} of the manifest, but the demo’s is version ` +
        `${JSON.stringify(version ?? 'unknown').slice(0, MAX_VERSION)}. Reload the page without the browser’s cache; ` +
        'if that does not help, rebuild the whole site with one version of lit-demo.',
    );
  }
  if (!(await isSealed(data))) {
    throw new ManifestError(
      'The demo’s manifest was altered on its way. Try again; if it stays so, rebuild or upload the site again.',
    );
  }
  return content as AnyManifest;
}

function resolveAddresses<T extends AnyManifest>(manifest: T, href: string): T {
  const resolved = resolveFiles(manifest, href);
  if (!('models' in manifest) || manifest.baseUrl === null) return resolved;
  const { models, images, baseUrl } = manifest;
  return { ...resolved, ...resolveFiles({ models, images }, new URL(baseUrl, href).href) };
}

function resolveFiles<T>(value: T, base: string): T {
  if (Array.isArray(value)) return value.map((item: unknown) => resolveFiles(item, base)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const resolved = Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [key, resolveFiles(item, base)]),
  );
  return (isFile(value) ? { ...resolved, url: new URL(value.url, base).href } : resolved) as T;
}

function isFile(value: object): value is FileRef {
  return 'url' in value && 'sha256' in value;
}
