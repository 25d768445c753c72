import { addressOf, contentAt, verify, type Content } from './kept-file';
import { findLimit } from './room';

/** How many digits of a SHA-256 name a file of a gallery. */
const DIGITS = 32;
/** The part of what a site may keep that all these files share; the rest is for what a page needs. */
const SHARE = 0.5;

/** Whether something that is kept is such a file. */
export function isNamed(content: Content | undefined): boolean {
  return content?.sha256.length === DIGITS;
}

/** What is kept of these files, and how much room there is for them. */
interface Kept {
  /** Bytes by name, those that were not used for longest first. */
  readonly files: Map<string, number>;
  readonly limit: number;
  total: number;
}

/**
 * The files of a gallery that were used, each named by its content, which is all that is known of it.
 *
 * There may be any number, so those that were used last are kept, as far as there is room.
 */
export class NamedFiles {
  private counted: Promise<Kept> | undefined;

  constructor(
    private readonly cacheName: string,
    private readonly scope: string,
  ) {}

  /** Answers a request for a file with what is kept, else from the network. */
  async answer(name: string, request: Request, event: ExtendableEvent): Promise<Response> {
    const kept = await this.find(name);
    if (kept) return kept;
    const response = await fetch(request);
    event.waitUntil(this.keep(name, response.clone()));
    return response;
  }

  /** Keeps a file that was used already, which the browser most likely has. */
  async add(name: string, url: string): Promise<void> {
    if ((await this.count()).files.has(name)) return;
    const response = await fetch(url).catch(() => undefined);
    // What cannot be had now is had another time.
    if (response) await this.keep(name, response);
  }

  /** To be called when other files have come or gone. */
  recount(): void {
    this.counted = undefined;
  }

  private async find(name: string): Promise<Response | undefined> {
    const kept = await this.count();
    const bytes = kept.files.get(name);
    if (bytes === undefined) return undefined;
    const address = this.addressOf(name, bytes);
    const response = await caches.match(address, { cacheName: this.cacheName });
    const content = response && (await verify(response, { sha256: name, bytes }));
    if (!content) {
      await this.drop(name, kept);
      return undefined;
    }
    kept.files.delete(name);
    kept.files.set(name, bytes);
    return content;
  }

  private async keep(name: string, response: Response): Promise<void> {
    const content = await verify(response, { sha256: name });
    const kept = await this.count();
    if (!content || kept.files.has(name)) return;
    const bytes = (await content.clone().arrayBuffer()).byteLength;
    if (bytes > kept.limit) return;
    kept.files.set(name, bytes);
    kept.total += bytes;
    for (const [oldest] of kept.files) {
      if (kept.total <= kept.limit) break;
      await this.drop(oldest, kept);
    }
    try {
      const cache = await caches.open(this.cacheName);
      await cache.put(this.addressOf(name, bytes), content);
    } catch (error) {
      await this.drop(name, kept);
      // The page goes on where storage is full.
      if ((error as Error).name !== 'QuotaExceededError') throw error;
    }
  }

  private async drop(name: string, kept: Kept): Promise<void> {
    const bytes = kept.files.get(name);
    if (bytes === undefined) return;
    kept.files.delete(name);
    kept.total -= bytes;
    const cache = await caches.open(this.cacheName);
    await cache.delete(this.addressOf(name, bytes));
  }

  private count(): Promise<Kept> {
    this.counted ??= this.read();
    return this.counted;
  }

  private async read(): Promise<Kept> {
    const cache = await caches.open(this.cacheName);
    const contents = (await cache.keys()).flatMap(({ url }) => contentAt(url) ?? []);
    const named = contents.filter(isNamed);
    const sum = (all: readonly Content[]): number => all.reduce((so, { bytes }) => so + bytes, 0);
    const total = sum(named);
    const limit = await findLimit();
    const others = sum(contents) - total;
    return {
      files: new Map(named.map(({ sha256, bytes }) => [sha256, bytes])),
      limit: Math.max(0, Math.min(SHARE * limit, limit - others)),
      total,
    };
  }

  private addressOf(name: string, bytes: number): string {
    return addressOf({ sha256: name, bytes }, this.scope);
  }
}
