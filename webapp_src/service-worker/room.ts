import { contentAt } from './kept-file';

/** What a site keeps is at most this part of what the browser grants to all pages of its origin ... */
const SHARE = 0.2;
/** ... and not more than this many bytes. */
const MOST_BYTES = 400_000_000;

/** Whether a site may keep so many bytes beside what is in its cache. */
export async function hasRoomFor(bytes: number, cache: Pick<Cache, 'keys'>): Promise<boolean> {
  const { quota = 0 } = await navigator.storage.estimate();
  const kept = (await cache.keys()).map(({ url }) => contentAt(url)?.bytes ?? 0);
  const total = kept.reduce((sum, each) => sum + each, bytes);
  return total <= Math.min(SHARE * quota, MOST_BYTES);
}
