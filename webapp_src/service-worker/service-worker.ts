/**
 * Keeps a site for when there is no network, once a page has asked for that.
 *
 * The page and its manifest come from the network, or, when that does not answer, from the version that
 * is kept. All other files have names that change with their content: what is kept is taken first. The
 * worker need not be replaced when the site is, since versions are told apart by their manifests.
 */
import type { WorkboxPlugin } from 'workbox-core/types.js';
import { registerRoute } from 'workbox-routing/registerRoute.js';
import { NetworkFirst } from 'workbox-strategies/NetworkFirst.js';
import { isSealed } from '../src/state/seal';
import { isFixed, isPage, manifestOf } from './places';
import type { KeepRequest, WorkerRequest } from './request';
import { SiteCache } from './site-cache';

declare const self: ServiceWorkerGlobalScope;
/** What the page needs to start and to compute; the builder writes it before this script. */
declare const NEEDED: readonly string[];

/** How long a network may take before a visitor sees what is kept. */
const networkTimeoutSeconds = 3;

const { scope } = self.registration;
const site = new SiteCache(scope, NEEDED);
const cacheName = site.name;

/** Pages that came from the cache, and have not yet had a manifest, which must be of the same version. */
const keptPages = new Set<string>();

const notesKeptPages: WorkboxPlugin = {
  cachedResponseWillBeUsed: ({ cachedResponse, event }) => {
    if (cachedResponse) keptPages.add((event as FetchEvent).resultingClientId);
    return Promise.resolve(cachedResponse);
  },
};

/** A server that has trouble is as good as none. */
const needsServer: WorkboxPlugin = {
  // Hosts let browsers keep a page for minutes, though its manifest is asked for anew.
  requestWillFetch: ({ request }) => Promise.resolve(new Request(request, { cache: 'no-cache' })),
  fetchDidSucceed: ({ response }) => {
    if (response.status >= 500) throw new Error(`The server answered ${response.status}.`);
    return Promise.resolve(response);
  },
};

/** So is one that sends something else in the place of a manifest. */
const needsManifest: WorkboxPlugin = {
  fetchDidSucceed: async ({ response }) => {
    const content = new Uint8Array(await response.clone().arrayBuffer());
    if (!(await isSealed(content))) throw new Error('This is not a manifest.');
    return response;
  },
  // It is kept together with all that its page needs.
  cacheWillUpdate: () => Promise.resolve(null),
};

registerRoute(
  ({ request, url }) => request.mode === 'navigate' && isPage(url, scope),
  async ({ request, event }) => {
    const version = await site.current();
    if (!version) return fetch(request);
    const plugins = [needsServer, site.onlyVerified(version), notesKeptPages];
    return new NetworkFirst({ cacheName, networkTimeoutSeconds, plugins }).handle({
      request,
      event,
    });
  },
);

registerRoute(
  ({ url }) => url.href === manifestOf(scope),
  async ({ request, event }) => {
    if (!(await site.current())) return fetch(request);
    if (keptPages.delete((event as FetchEvent).clientId)) {
      const kept = await caches.match(request.url, { cacheName });
      if (kept) return kept;
    }
    const plugins = [needsManifest];
    return new NetworkFirst({ cacheName, networkTimeoutSeconds, plugins }).handle({
      request,
      event,
    });
  },
);

registerRoute(
  ({ request, url }) => request.mode !== 'navigate' && isFixed(url, scope),
  async ({ request, url, event }) => {
    const version = await site.current();
    // What a page asks for past all caches is not what it expected.
    if (!version || request.cache === 'reload') return fetch(request);
    // Asked for as by <img>, what another origin has could not be read, and so not be compared.
    const readable = url.origin === self.origin ? request : new Request(url);
    const name = version.nameAt(request.url);
    // A part of a file cannot be compared with its name.
    if (name !== undefined && !request.headers.has('range')) {
      return site.named.answer(name, readable, event);
    }
    if (!version.find(request.url)) return fetch(request);
    const [response, done] = site.filesOf(version).handleAll({ request: readable, event });
    // The answer says itself what went wrong with it, and the page goes on where storage is full.
    done.catch(() => undefined);
    return response;
  },
);

self.addEventListener('install', () => void self.skipWaiting());

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener('message', (event) => {
  const request = event.data as WorkerRequest;
  event.waitUntil(request.kind === 'keep' ? keep(request, event) : forget());
});

async function keep(request: KeepRequest, event: ExtendableMessageEvent): Promise<void> {
  try {
    await site.keep(request, event);
    event.ports[0]?.postMessage('kept');
  } catch (error) {
    // The page goes on without; the version that was kept before stays.
    if ((error as Error).name !== 'QuotaExceededError') throw error;
  }
}

async function forget(): Promise<void> {
  await site.forget();
  await self.registration.unregister();
}
