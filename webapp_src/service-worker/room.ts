import { contentAt } from './kept-file';

/** What a site keeps is at most this part of what the browser grants to all pages of its origin ... */
const SHARE = 0.2;
/** ... and not more than this many bytes. */
const MOST_BYTES = 400_000_000;
/** What a browser is taken to grant that does not say, as WebKitGTK and Safari before 17. */
const UNSAID_BYTES = 250_000_000;

/** Whether a site may keep so many bytes beside what is in its cache. */
export async function hasRoomFor(bytes: number, cache: Pick<Cache, 'keys'>): Promise<boolean> {
  const kept = (await cache.keys()).map(({ url }) => contentAt(url)?.bytes ?? 0);
  const total = kept.reduce((sum, each) => sum + each, bytes);
  return total <= (await findLimit());
}

/** How many bytes a site may keep. */
export async function findLimit(): Promise<number> {
  return Math.min(SHARE * (await findQuota()), MOST_BYTES);
}

/** What the browser grants to all pages of its origin, in bytes. */
async function findQuota(): Promise<number> {
  if (!('storage' in navigator && 'estimate' in navigator.storage)) return UNSAID_BYTES;
  const { quota = UNSAID_BYTES } = await navigator.storage.estimate();
  return quota;
}
