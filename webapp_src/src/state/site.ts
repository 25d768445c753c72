import type { Image, Model, SiteManifest } from '../generated/manifest';
import { loadManifest } from './manifest-loader';

/** A site to load data from. */
export class Site {
  private loading: Promise<SiteManifest> | undefined;
  private manifest: SiteManifest | undefined;
  private failed = false;

  /** @param url Of the site's folder or page. */
  constructor(private readonly url: string) {}

  /** Its manifest, with absolute addresses; fetched once, and again after a failure. */
  load(): Promise<SiteManifest> {
    this.loading ??= this.fetch().catch((error: unknown) => {
      this.renew();
      throw error;
    });
    return this.loading;
  }

  /** Fetches the manifest anew, past every cache, when it is next asked for. */
  renew(): void {
    this.loading = undefined;
    this.failed = true;
  }

  /** @throws Error before `load`, or if there is no such picture. */
  image(id: string): Image {
    if (!this.manifest) {
      throw new Error('Nothing is loaded yet: call `await imageData.load()` first.');
    }
    return find(this.manifest.images, id, 'picture');
  }

  /** @throws Error if there is no such model, or the site cannot be loaded. */
  async model(id: string): Promise<Model> {
    return find((await this.load()).models, id, 'model');
  }

  private async fetch(): Promise<SiteManifest> {
    const { href } = new URL('manifest.json', this.url);
    this.manifest = await loadManifest(href, { fresh: this.failed });
    return this.manifest;
  }
}

/** @throws Error that lists what there is, if there is no such `what`. */
export function find<T extends { readonly id: string }>(
  all: readonly T[],
  id: string,
  what: string,
): T {
  const found = all.find((candidate) => candidate.id === id);
  if (found) return found;
  const known = all.map((candidate) => candidate.id).join(', ');
  throw new Error(`The demo has no ${what} “${id}”; it has ${known}.`);
}
