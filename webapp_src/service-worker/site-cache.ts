import type { WorkboxPlugin } from 'workbox-core/types.js';
import { CacheFirst } from 'workbox-strategies/CacheFirst.js';
import { cacheNameOf, isPage, manifestOf } from './places';
import { addressOf, contentAt, verify } from './kept-file';
import type { KeepRequest } from './request';
import { isNamed, NamedFiles } from './named-files';
import { hasRoomFor } from './room';
import { Version } from './version';

declare const self: ServiceWorkerGlobalScope;

/**
 * What is kept of a site: one version's manifest, and files whose content is what that says.
 *
 * Content is compared when it goes in and when it comes out. A version takes the place of another only
 * once all that its page needs is there.
 */
export class SiteCache {
  readonly name: string;
  /** The files of a gallery, which come and go by themselves. */
  readonly named: NamedFiles;
  private readonly manifestUrl: string;
  private reading: Promise<Version | undefined> | undefined;

  /**
   * @param scope The folder of the site.
   * @param needed What every page of the site needs, as addresses relative to it.
   */
  constructor(
    private readonly scope: string,
    private readonly needed: readonly string[],
  ) {
    this.name = cacheNameOf(scope);
    this.manifestUrl = manifestOf(scope);
    this.named = new NamedFiles(this.name, scope);
  }

  /** The version that is kept, if there is one. */
  current(): Promise<Version | undefined> {
    this.reading ??= this.readVersion();
    return this.reading;
  }

  /** Answers requests for files of a version: with what is kept, else from the network. */
  filesOf(version: Version): CacheFirst {
    return new CacheFirst({ cacheName: this.name, plugins: [this.onlyVerified(version)] });
  }

  /** Has Workbox keep files under the address of their content, and take only those that have it. */
  onlyVerified(version: Version): WorkboxPlugin {
    const find = ({ url }: Request) => version.find(url);
    return {
      cacheKeyWillBeUsed: ({ request }) => {
        const file = find(request);
        return Promise.resolve(file ? addressOf(file, this.scope) : request);
      },
      cacheWillUpdate: async ({ request, response }) => {
        const file = find(request);
        const content = file && (await verify(response, file));
        if (!content) return null;
        return (await hasRoomFor(file.bytes, await caches.open(this.name))) ? content : null;
      },
      cachedResponseWillBeUsed: async ({ request: { url }, cachedResponse }) => {
        const content = contentAt(url);
        return cachedResponse && content ? verify(cachedResponse, content) : null;
      },
    };
  }

  /** Keeps what a page used, and its version in the place of another. */
  async keep({ sha256, urls }: KeepRequest, event: ExtendableEvent): Promise<void> {
    const current = await this.current();
    const version = current?.sha256 === sha256 ? current : await this.fetchVersion(sha256);
    if (!version) return;
    const cache = await caches.open(this.name);
    const needed = ['', ...this.needed].map((url) => new URL(url, this.scope).href);
    for (const url of [...needed, ...urls]) await this.add(url, version, cache, event);
    for (const url of needed) if (!(await this.has(url, version, cache))) return;
    if (version !== current) {
      await cache.put(this.manifestUrl, new Response(version.manifest));
      this.reading = Promise.resolve(version);
    }
    await this.prune(version, cache);
  }

  /** Deletes all that is kept, and keeps nothing any more. */
  async forget(): Promise<void> {
    this.reading = Promise.resolve(undefined);
    await caches.delete(this.name);
    this.named.recount();
  }

  private async readVersion(): Promise<Version | undefined> {
    const kept = await caches.match(this.manifestUrl, { cacheName: this.name });
    if (!kept) return undefined;
    const manifest = new Uint8Array(await kept.arrayBuffer());
    // What is not sealed is as good as nothing.
    return Version.read(manifest, this.scope).catch(() => undefined);
  }

  private async fetchVersion(sha256: string): Promise<Version | undefined> {
    try {
      const response = await fetch(this.manifestUrl, { cache: 'no-cache' });
      const version = await Version.read(new Uint8Array(await response.arrayBuffer()), this.scope);
      return version.sha256 === sha256 ? version : undefined;
    } catch {
      // The network failed, or the host sent something else: the next visit tries again.
      return undefined;
    }
  }

  private async add(
    url: string,
    version: Version,
    cache: Cache,
    event: ExtendableEvent,
  ): Promise<void> {
    const name = version.nameAt(url);
    if (name !== undefined && !version.find(url)) return this.named.add(name, url);
    if (!version.find(url) || (await this.has(url, version, cache))) return;
    // A page's address stays the same, so what the browser has of it may be old.
    const cacheMode = isPage(new URL(url), this.scope) ? 'no-cache' : 'default';
    const request = new Request(url, { cache: cacheMode });
    const [response, done] = this.filesOf(version).handleAll({ request, event });
    // What cannot be had now, or stored, is had another time.
    await Promise.allSettled([response, done]);
  }

  private async has(url: string, version: Version, cache: Cache): Promise<boolean> {
    const file = version.find(url);
    return file !== undefined && (await cache.match(addressOf(file, this.scope))) !== undefined;
  }

  /** Deletes what the version does not have, once no page of another one is open. */
  private async prune(version: Version, cache: Cache): Promise<void> {
    const pages = await self.clients.matchAll({ includeUncontrolled: true });
    if (pages.filter(({ url }) => url.startsWith(this.scope)).length > 1) return;
    const kept = new Set([...version.all].map((file) => addressOf(file, this.scope)));
    kept.add(this.manifestUrl);
    const stays = (url: string): boolean =>
      kept.has(url) || (version.hasGallery && isNamed(contentAt(url)));
    for (const key of await cache.keys()) if (!stays(key.url)) await cache.delete(key);
    this.named.recount();
  }
}
