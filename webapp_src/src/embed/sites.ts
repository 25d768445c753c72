import type { SiteManifest } from '../generated/manifest';
import { Site } from '../state/site';
import { SCRIPT_URL } from './script-url';

/** The sites of the page's elements, by the address of their manifest. */
const sites = new Map<string, Site>();

/**
 * The address that a `src` stands for; without one, that of the site which this script is from.
 *
 * @throws Error with a sentence for the visitor.
 */
export function locateSite(src: string | null): string {
  if (src === null && SCRIPT_URL === undefined) throw new Error('No demo is named here.');
  try {
    return src === null ? new URL('./', SCRIPT_URL).href : new URL(src, document.baseURI).href;
  } catch {
    throw new Error('The address of the demo is wrong.');
  }
}

/**
 * The manifest of the site at an address, fetched once for all elements, and anew after a failure.
 *
 * The app's files that it names are those of this script's own site, which another version may have
 * built.
 *
 * @throws Error with a sentence for the visitor.
 */
export async function loadSite(url: string): Promise<SiteManifest> {
  if (SCRIPT_URL === undefined) return siteAt(url).load();
  const [manifest, { files }] = await Promise.all([siteAt(url).load(), siteAt(SCRIPT_URL).load()]);
  return { ...manifest, files };
}

/** The same as it is on the server now. */
export function renewSite(url: string): Promise<SiteManifest> {
  siteAt(url).renew();
  return loadSite(url);
}

function siteAt(url: string): Site {
  const { href } = new URL('manifest.json', url);
  const site = sites.get(href) ?? new Site(href);
  sites.set(href, site);
  return site;
}
