import type { Model } from '../generated/manifest';
import type { EncoderStatus } from '../inference/encoder-status';
import type { EmbeddedPicture } from '../inference/image-encoder.worker';
import type { Remarks } from '../inference/scoring';
import type { Session } from '../state/model-in-use';

/** Knows the examples, and any text once it was scored; each text's score is its length. */
export class FakeSession implements Session {
  encoder: EncoderStatus = { status: 'idle' };
  closed = false;
  warmed = 0;
  openError: Error | undefined;
  scoreError: Error | undefined;
  /** Resolves the scores being waited for. */
  release: (() => void) | undefined;
  hold = false;
  readonly scored: string[][] = [];
  imageEncoder: EncoderStatus = { status: 'idle' };
  readonly pictures: string[] = [];
  private readonly known = new Set(['a cat', 'a lion', 'a dog']);

  constructor(readonly model: Model) {}

  open(): Promise<void> {
    return this.openError ? Promise.reject(this.openError) : Promise.resolve();
  }

  scoreKnown(_: string, texts: readonly string[]): number[] | undefined {
    return texts.every((text) => this.known.has(text))
      ? texts.map((text) => text.length)
      : undefined;
  }

  async score(_: string, texts: readonly string[]): Promise<number[]> {
    this.scored.push([...texts]);
    if (this.scoreError) throw this.scoreError;
    if (this.hold) await new Promise<void>((resolve) => (this.release = resolve));
    for (const text of texts) this.known.add(text);
    return texts.map((text) => text.length);
  }

  cosines(_: string, texts: readonly string[]): Promise<number[]> {
    if (this.scoreError) return Promise.reject(this.scoreError);
    return Promise.resolve(texts.map((text) => text.length));
  }

  remarksOn(_: string, text: string): Remarks {
    return {
      cutShort: text.includes('ß'),
      unreadFrom: undefined,
      similarity: undefined,
      percentile: undefined,
    };
  }

  findImages(text: string): Promise<string[]> {
    if (this.scoreError) return Promise.reject(this.scoreError);
    return Promise.resolve(text === 'a dog' ? ['dog', 'cat'] : ['cat', 'dog']);
  }

  similarImages(id: string): string[] {
    return id === 'dog' ? ['dog', 'cat'] : ['cat', 'dog'];
  }

  addPicture(id: string, file: Blob): Promise<EmbeddedPicture> {
    this.pictures.push(id);
    return Promise.resolve({ row: Float32Array.of(1, 0), shown: file, side: 100 });
  }

  report(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  warm(): Promise<void> {
    this.warmed += 1;
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
  }
}
