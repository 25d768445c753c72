import type { Image, SiteManifest } from '../generated/manifest';
import type { OwnPictures } from './own-pictures';

/** The pictures that can be shown: those of the site, and the visitor's own. */
export class Pictures {
  /** Goes up whenever the visitor tries again; pictures that failed are then loaded anew. */
  attempt = 0;
  /** The site's by id: a ranked gallery looks all of them up whenever it is drawn. */
  private byId: ReadonlyMap<string, Image>;
  private readonly failed = new Set<string>();

  constructor(
    private manifest: SiteManifest,
    readonly own: OwnPictures,
  ) {
    this.byId = index(manifest);
  }

  /** All pictures, the visitor's own first. */
  get all(): readonly Image[] {
    return [...this.own.images, ...this.manifest.images];
  }

  /** The picture with which a visit begins. */
  get first(): Image {
    return this.manifest.images[0];
  }

  /** Whether a picture is the site's. */
  has(id: string): boolean {
    return this.byId.has(id);
  }

  /** @throws Error if there is none of that id. */
  find(id: string): Image {
    const image = this.byId.get(id) ?? this.own.images.find((own) => own.id === id);
    if (!image) throw new Error(`The demo has no picture “${id}”.`);
    return image;
  }

  /** Goes on with the pictures of another manifest. */
  adopt(manifest: SiteManifest): void {
    this.manifest = manifest;
    this.byId = index(manifest);
  }

  /** Notes that a picture did not come. */
  fail(url: string): void {
    this.failed.add(url);
  }

  /**
   * Loads anew what failed.
   *
   * @param renew Has the browser forget what it keeps of a picture.
   */
  async retry(renew: (url: string) => Promise<unknown>): Promise<void> {
    const urls = [...this.failed];
    this.failed.clear();
    // One that fails again is reported again.
    await Promise.allSettled(urls.map(renew));
    this.attempt += 1;
  }
}

function index({ images }: SiteManifest): ReadonlyMap<string, Image> {
  return new Map(images.map((image) => [image.id, image]));
}
