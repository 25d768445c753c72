import type { FileRef } from '../src/generated/manifest';
import { isFile, parseManifest, resolveAddresses } from '../src/state/manifest-reader';

/** A kind's folder, and the first 32 digits of a SHA-256. */
const NAMED = /^[\w-]+\/([0-9a-f]{32})(?:\.\w+)?$/;

/** A publication of the site: what its sealed manifest says of every file, by absolute address. */
export class Version {
  private constructor(
    readonly sha256: string,
    /** The manifest as it was downloaded. */
    readonly manifest: Uint8Array<ArrayBuffer>,
    private readonly files: ReadonlyMap<string, FileRef>,
    /** The folder of the gallery's files; undefined for a site without a gallery. */
    private readonly gallery: string | undefined,
  ) {}

  /**
   * @param scope The folder of the site, with a slash at its end.
   * @throws ManifestError if this is not a whole manifest.
   */
  static async read(manifest: Uint8Array<ArrayBuffer>, scope: string): Promise<Version> {
    const content = await parseManifest(manifest);
    const files = new Map<string, FileRef>();
    collectFiles(resolveAddresses(content, scope), files);
    const page = files.get(`${scope}index.html`);
    if (page) files.set(scope, page);
    const gallery =
      'gallery' in content && content.gallery
        ? new URL('gallery/', new URL(content.baseUrl ?? '', scope)).href
        : undefined;
    return new Version(content.sha256, manifest, files, gallery);
  }

  /** What the manifest says of the file at an address. */
  find(url: string): FileRef | undefined {
    return this.files.get(withoutQuery(url));
  }

  /**
   * The digits that name a file of the gallery by its content, which the manifest does not name;
   * undefined for the address of anything else.
   */
  nameAt(url: string): string | undefined {
    if (this.gallery === undefined || !url.startsWith(this.gallery)) return undefined;
    return NAMED.exec(withoutQuery(url).slice(this.gallery.length))?.[1];
  }

  get hasGallery(): boolean {
    return this.gallery !== undefined;
  }

  get all(): Iterable<FileRef> {
    return this.files.values();
  }
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*/, '');
}

function collectFiles(part: unknown, files: Map<string, FileRef>): void {
  if (typeof part !== 'object' || part === null) return;
  if (isFile(part)) files.set(part.url, part);
  for (const inner of Object.values(part) as unknown[]) collectFiles(inner, files);
}
