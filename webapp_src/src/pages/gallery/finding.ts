import type { Found, GallerySearch } from '../../inference/gallery/gallery-search';
import { Pauses } from '../../state/pauses';
import { afterSeen } from './order';

/** How long a visitor pauses in typing before pictures are looked for. */
const PAUSE_MS = 150;
/** How many pictures are looked for at first. */
const FIRST = 200;
/** A link may ask for what is far down the list, but not for any number of pictures. */
const MOST_AT_FIRST = 5000;

/** A picture, by where it is and what it is called: a site that was built again may have it elsewhere. */
export interface PictureName {
  readonly position: number;
  readonly id: string;
}

/** What finding asks of the page around it. */
export interface FindingHost {
  /** A unit row, float32[dim], for a sentence. */
  embed(text: string): Promise<Float32Array>;
  /** Starts it if that has not been done. */
  search(): GallerySearch;
  /** A byte for each position, 0 where a picture is not wanted. */
  mask(): Promise<Uint8Array | undefined>;
  /** Called after every change. */
  onChange(): void;
  onFailure(error: Error): void;
}

/** Looks for pictures by a sentence or by another picture. */
export class Finding {
  text = '';
  /** The picture whose like are looked for. */
  like: PictureName | undefined;
  /** What is found, the best first; undefined if nothing is looked for, or until something is found. */
  found: readonly Found[] | undefined;
  state: 'idle' | 'computing' | 'current' | 'failed' = 'idle';
  /** Changes when what is found is the answer to something else than before. */
  answer = 0;
  /** How many of what is found have been on the screen. */
  private seen = 0;
  private wanted = FIRST;
  /** Whether more of the same is looked for. */
  private growing = false;
  private query: Float32Array | undefined;
  private running = new AbortController();
  private readonly pauses = new Pauses<string>(PAUSE_MS);

  constructor(private readonly host: FindingHost) {}

  /** Whether pictures are looked for, rather than all shown. */
  get isActive(): boolean {
    return this.text.trim() !== '' || this.like !== undefined;
  }

  /** Whether all that is found is here, and no more is to be had. */
  get isComplete(): boolean {
    return this.state === 'current' && (this.found?.length ?? 0) < this.wanted;
  }

  /** Looks for what fits a sentence, after a pause in typing. */
  find(text: string): void {
    this.text = text;
    this.like = undefined;
    if (this.isActive) this.pauses.await('text', () => void this.run());
    else this.clear();
    this.host.onChange();
  }

  /** Looks for pictures like one of them. */
  findLike(picture: PictureName): Promise<void> {
    this.text = '';
    this.like = picture;
    return this.run();
  }

  /** Looks for nothing any more. */
  clear(): void {
    this.stop();
    this.text = '';
    this.like = undefined;
    this.found = undefined;
    this.state = 'idle';
    this.host.onChange();
  }

  /** Notes how many of what is found have been on the screen; they stay until the final answer. */
  see(count: number): void {
    this.seen = Math.max(this.seen, count);
  }

  /**
   * Looks for it now.
   *
   * @param least How many pictures are needed.
   */
  async run(least = 0): Promise<void> {
    if (!this.isActive) return;
    this.stop();
    const { signal } = (this.running = new AbortController());
    this.growing = false;
    this.state = 'computing';
    this.host.onChange();
    await this.attempt(signal, async () => {
      const { like, text, host } = this;
      const query = await (like ? host.search().row(like.position) : host.embed(text));
      signal.throwIfAborted();
      this.query = query;
      this.wanted = Math.min(MOST_AT_FIRST, Math.max(FIRST, least));
      let begun = false as boolean;
      const final = await this.ask(signal, (found) => {
        if (begun) this.found = afterSeen(this.found ?? [], this.seen, found);
        else this.begin(found);
        begun = true;
        this.host.onChange();
      });
      if (!begun) this.begin(final);
      this.found = final;
    });
  }

  /** Looks for more of the same, which goes after what is there. */
  async more(): Promise<void> {
    const { found } = this;
    if (this.state !== 'current' || this.growing || this.isComplete || !found) return;
    const { signal } = this.running;
    this.growing = true;
    this.wanted *= 2;
    await this.attempt(signal, async () => {
      const final = await this.ask(signal, () => undefined);
      this.found = afterSeen(found, found.length, final);
    });
    if (!signal.aborted) this.growing = false;
  }

  close(): void {
    this.stop();
  }

  private stop(): void {
    this.pauses.cancelAll();
    this.running.abort();
  }

  private begin(found: readonly Found[]): void {
    this.found = found;
    this.seen = 0;
    this.answer += 1;
  }

  private async ask(
    signal: AbortSignal,
    onFound: (found: readonly Found[]) => void,
  ): Promise<readonly Found[]> {
    const { query, wanted, host } = this;
    if (!query) throw new Error('There is nothing to look for.');
    const mask = await host.mask();
    const final = await host.search().search(
      { query, count: wanted, ...(mask && { mask }) },
      (found) => {
        if (!signal.aborted) onFound(found);
      },
      signal,
    );
    signal.throwIfAborted();
    return final;
  }

  private async attempt(signal: AbortSignal, action: () => Promise<void>): Promise<void> {
    try {
      await action();
      this.state = 'current';
      this.host.onChange();
    } catch (error) {
      if (signal.aborted) return;
      this.state = 'failed';
      this.host.onFailure(error as Error);
    }
  }
}
