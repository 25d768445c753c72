/** Several sites may share an origin, and with it the storage: each has a cache of its own name. */
export function cacheNameOf(scope: string): string {
  return `lit-demo ${scope}`;
}

export function manifestOf(scope: string): string {
  return `${scope}manifest.json`;
}

export function isPage(url: URL, scope: string): boolean {
  return [scope, `${scope}index.html`, `${scope}gallery.html`].includes(url.origin + url.pathname);
}

/**
 * Whether an address can be that of a file that never changes: those of a site are in folders, and what
 * is not of its origin is data of its own (`base_url`).
 */
export function isFixed({ href, origin }: URL, scope: string): boolean {
  if (origin !== new URL(scope).origin) return true;
  return href.startsWith(scope) && href.slice(scope.length).includes('/');
}
