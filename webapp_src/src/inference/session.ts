import type { Model } from '../generated/manifest';
import type { Reading } from '../tokenizers/tokenizer';
import type { BackendSelector } from './backend-selector';
import { Embeddings, type EmbeddedSite } from './embeddings';
import type { EncoderReport } from './encoder-report';
import type { EncoderStatus } from './encoder-status';
import { LruCache } from './lru-cache';
import { dot, percentileOf, scorePrompts, type Remarks } from './scoring';
import { TrustedEncoder } from './trusted-encoder';

/** Rows of texts that visitors typed; at 1,024 dimensions this many take 2 MiB. */
const CACHED_ROWS = 512;

/** What the encoder said of a text. */
interface SeenText {
  readonly row: Float32Array;
  readonly reading: Reading;
}

/**
 * A model in use: its precomputed embeddings, and its encoder once that is needed.
 *
 * Example prompts and texts seen before are embedded without the encoder; a model that has none
 * embeds nothing else.
 */
export class ModelSession {
  private embeddings: Embeddings | undefined;
  private readonly textEncoder: TrustedEncoder;
  /** Rows of pictures that are not the demo's, by id. */
  private readonly addedRows = new Map<string, Float32Array>();
  private readonly seen = new LruCache<string, SeenText>(CACHED_ROWS);
  protected readonly closing = new AbortController();

  constructor(
    private readonly manifest: EmbeddedSite,
    readonly model: Model,
    backends: BackendSelector,
    onStatus: () => void,
  ) {
    this.textEncoder = new TrustedEncoder(
      model,
      manifest.files,
      () => this.loaded().goldens(),
      backends,
      this.closing.signal,
      onStatus,
    );
  }

  get encoder(): EncoderStatus {
    return this.textEncoder.status;
  }

  /** Adds a picture with its unit row, float32[dim], which can then be used by its id like any other. */
  addImage(id: string, row: Float32Array): void {
    this.addedRows.set(id, row);
  }

  /** Loads the precomputed embeddings; nothing can be scored before. */
  async open(): Promise<void> {
    this.embeddings = await Embeddings.load(this.manifest, this.model, this.closing.signal);
  }

  /** Gets the encoder ready; a second call joins the first, and a call after a failure tries again. */
  warm(): Promise<void> {
    return this.textEncoder.warm();
  }

  /** The probability of each text for an image, if that takes no encoder. */
  scoreKnown(imageId: string, texts: readonly string[]): number[] | undefined {
    const ztxts = texts.map((text) => this.rowOf(text));
    if (!this.embeddings || !ztxts.every((ztxt) => ztxt !== undefined)) return undefined;
    return scorePrompts(this.model.scoring, this.image(imageId), ztxts);
  }

  /**
   * The probability of each text for an image; only texts not seen before are encoded.
   *
   * @throws Error with a sentence for the visitor; the reason of `close` once closed.
   */
  async score(imageId: string, texts: readonly string[]): Promise<number[]> {
    const zimg = this.image(imageId);
    return scorePrompts(this.model.scoring, zimg, await this.embed(texts));
  }

  /**
   * How similar each text is to an image, as the cosine of their rows.
   *
   * @throws Error as `score` does.
   */
  async cosines(imageId: string, texts: readonly string[]): Promise<number[]> {
    const zimg = this.image(imageId);
    return (await this.embed(texts)).map((ztxt) => dot(zimg, ztxt));
  }

  /**
   * The ids of all pictures, that which fits a text best first.
   *
   * @throws Error as `score` does.
   */
  async findImages(text: string): Promise<string[]> {
    const [row] = await this.embed([text]);
    if (!row) throw new Error('The encoder returned too few rows.');
    return this.loaded().rankImages(row, this.addedRows);
  }

  /** The ids of all pictures, from the picture itself to the least like it. */
  similarImages(id: string): string[] {
    return this.loaded().rankImages(this.image(id), this.addedRows);
  }

  /** The unit row, float32[dim], of an image. */
  image(id: string): Float32Array {
    return this.addedRows.get(id) ?? this.loaded().image(id);
  }

  /** A unit row, float32[dim], for each text; the session keeps these rows, so do not change them. */
  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    const rows = new Map(texts.map((text) => [text, this.rowOf(text)]));
    const unknown = [...rows.keys()].filter((text) => !rows.get(text));
    const encoded = unknown.length > 0 ? await this.textEncoder.embed(unknown) : [];
    const readings = unknown.length > 0 ? await this.textEncoder.read(unknown) : [];
    for (const [i, text] of unknown.entries()) {
      const [row, reading] = [encoded[i], readings[i]];
      if (!row || !reading) throw new Error('The encoder returned too few rows.');
      rows.set(text, row);
      this.seen.set(text, { row, reading });
    }
    return texts.flatMap((text) => rows.get(text) ?? []);
  }

  /** What else there is to say of a text that was embedded, whether typed or an example. */
  remarksOn(imageId: string, text: string): Remarks {
    const row = this.rowOf(text);
    const reading = this.seen.get(text)?.reading;
    const similarity = row && dot(this.image(imageId), row);
    return {
      cutShort: reading?.cutShort ?? false,
      unreadFrom: reading ? reading.unreadFrom : this.embeddings?.unreadFrom(text),
      similarity,
      percentile:
        similarity === undefined ? undefined : percentileOf(similarity, this.model.chance),
    };
  }

  /** What there is to say of the encoder; undefined unless it is ready. */
  report(): Promise<EncoderReport | undefined> {
    return this.textEncoder.report();
  }

  /** int32[maxLength]: the token row of a text. */
  tokenize(text: string): Promise<Int32Array> {
    return this.textEncoder.tokenize(text);
  }

  /**
   * Cancels what is under way and frees the worker.
   *
   * @param reason What calls under way fail with.
   */
  close(reason?: Error): void {
    this.closing.abort(reason);
  }

  private rowOf(text: string): Float32Array | undefined {
    return this.embeddings?.prompt(text) ?? this.seen.get(text)?.row;
  }

  private loaded(): Embeddings {
    if (!this.embeddings) throw new Error('The embeddings have not been loaded.');
    return this.embeddings;
  }
}
