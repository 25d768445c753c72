import type {
  FileList,
  FileRef,
  FunctionSiteManifest,
  GallerySiteManifest,
  SiteManifest,
} from '../generated/manifest';
import { isSealed } from './seal';

const SCHEMA_VERSION: SiteManifest['schemaVersion'] = 2;

/** How much of a version that this app does not know is repeated to the visitor. */
const MAX_VERSION = 20;

/** A site of models. */
export type ModelsManifest = SiteManifest | GallerySiteManifest;

export type AnyManifest = ModelsManifest | FunctionSiteManifest;

/** A manifest that cannot be used; the message is a sentence a person can act on. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
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

/** The manifest that was found at an address, with absolute addresses in it. */
export function resolveAddresses<T extends AnyManifest>(manifest: T, href: string): T {
  const resolved = resolveFiles(manifest, href);
  if (!('models' in manifest)) return resolved;
  const { models } = manifest;
  const images = 'images' in manifest && { images: manifest.images };
  const base = new URL(manifest.baseUrl ?? '', href).href;
  const data = resolveFiles({ models, ...images, gallery: manifest.gallery }, base);
  const { gallery } = data;
  if (gallery?.thumbnails == null) return { ...resolved, ...data };
  const thumbnails = new URL(gallery.thumbnails, base).href;
  return { ...resolved, ...data, gallery: { ...gallery, thumbnails } };
}

/** A part of a manifest with absolute addresses in it. */
export function resolveFiles<T>(value: T, base: string): T {
  if (Array.isArray(value)) return value.map((item: unknown) => resolveFiles(item, base)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const resolved = Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [key, resolveFiles(item, base)]),
  );
  if (!isFile(value)) return resolved as T;
  const folder = isList(value) && { folder: new URL(value.folder, base).href };
  return { ...resolved, url: new URL(value.url, base).href, ...folder } as T;
}

export function isFile(value: object): value is FileRef {
  return 'url' in value && 'sha256' in value;
}

function isList(file: FileRef): file is FileList {
  return 'folder' in file;
}
