import type { FileRef, FunctionSiteManifest, SiteManifest } from '../generated/manifest';

const SCHEMA_VERSION: SiteManifest['schemaVersion'] = 1;

/** A manifest that cannot be used; the message is a sentence a person can act on. */
class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/**
 * Fetches and checks the manifest of a site; the addresses in it are relative to it.
 *
 * @returns The manifest with absolute addresses.
 */
export async function loadManifest(url: string): Promise<SiteManifest> {
  const manifest = await loadAnyManifest(url);
  if ('models' in manifest) return manifest;
  throw new ManifestError(`${url} describes functions, not pictures and sentences.`);
}

/** The same for a site of functions. */
export async function loadFunctionManifest(url: string): Promise<FunctionSiteManifest> {
  const manifest = await loadAnyManifest(url);
  if ('functions' in manifest) return manifest;
  throw new ManifestError(`${url} describes no functions.`);
}

/** The same for a site of either kind. */
export async function loadAnyManifest(url: string): Promise<SiteManifest | FunctionSiteManifest> {
  const { href } = new URL(url, document.baseURI);
  let response: Response;
  try {
    response = await fetch(href);
  } catch {
    throw new ManifestError('The demo could not be loaded. Check the connection and try again.');
  }
  if (!response.ok) {
    throw new ManifestError(
      `The demo could not be loaded: the server answered ${response.status} for ${url}.`,
    );
  }
  return resolveAddresses(parseManifest(await response.text()), href);
}

/** @throws ManifestError if the text is not a manifest of the version that this app reads. */
export function parseManifest(text: string): SiteManifest | FunctionSiteManifest {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new ManifestError(
      'The demo’s manifest is damaged. Reload the page, or rebuild the site.',
    );
  }
  const version = (content as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (version !== SCHEMA_VERSION) {
    throw new ManifestError(
      `This page reads version ${SCHEMA_VERSION} of the manifest, but the demo’s is version ` +
        `${JSON.stringify(version ?? 'unknown')}. Reload the page without the browser’s cache; ` +
        'if that does not help, rebuild the whole site with one version of lit-demo.',
    );
  }
  return content as SiteManifest | FunctionSiteManifest;
}

function resolveAddresses<T extends SiteManifest | FunctionSiteManifest>(
  manifest: T,
  href: string,
): T {
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
