import type { EncoderStatus } from '../../inference/encoder-status';

/** What a gallery needs from the model by which its pictures are found. */
export interface Reader {
  readonly encoder: EncoderStatus;
  open(): Promise<void>;
  warm(): Promise<void>;
  /** A unit row, float32[dim], for each text. */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
  close(): void;
}

/** Reads sentences with a model, of which nothing is loaded before it is needed. */
export class SentenceReader {
  private opening: Promise<void> | undefined;

  constructor(private readonly reader: Reader) {}

  get encoder(): EncoderStatus {
    return this.reader.encoder;
  }

  /** Gets the encoder ready ahead of need; a failure shows in `encoder`. */
  async warm(): Promise<void> {
    if (this.encoder.status !== 'idle') return;
    try {
      await this.open();
      await this.reader.warm();
    } catch {
      // Whoever asks for a row is told what went wrong.
    }
  }

  /**
   * A unit row, float32[dim], for a sentence.
   *
   * @throws Error with a sentence for the visitor.
   */
  async embed(text: string): Promise<Float32Array> {
    await this.open();
    const [row] = await this.reader.embed([text]);
    if (!row) throw new Error('The encoder returned too few rows.');
    return row;
  }

  close(): void {
    this.reader.close();
  }

  private open(): Promise<void> {
    this.opening ??= this.reader.open().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }
}
