import type { FileRef } from '../src/generated/manifest';
import { isFile, parseManifest, resolveAddresses } from '../src/state/manifest-reader';

/** A publication of the site: what its sealed manifest says of every file, by absolute address. */
export class Version {
  private constructor(
    readonly sha256: string,
    /** The manifest as it was downloaded. */
    readonly manifest: Uint8Array<ArrayBuffer>,
    private readonly files: ReadonlyMap<string, FileRef>,
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
    return new Version(content.sha256, manifest, files);
  }

  /** What the manifest says of the file at an address. */
  find(url: string): FileRef | undefined {
    return this.files.get(url.replace(/[?#].*/, ''));
  }

  get all(): Iterable<FileRef> {
    return this.files.values();
  }
}

function collectFiles(part: unknown, files: Map<string, FileRef>): void {
  if (typeof part !== 'object' || part === null) return;
  if (isFile(part)) files.set(part.url, part);
  for (const inner of Object.values(part) as unknown[]) collectFiles(inner, files);
}
