import type { Backend, FileRef } from '../generated/manifest';
import type { Reading } from '../tokenizers/tokenizer';
import type { EncoderFiles } from './encoder-files';
import { ENCODER_SCRIPT } from './encoder-script';
import type { Check, Usage } from './encoder-report';
import type { EncoderSpec } from './encoder-spec';
import type { GoldenRow } from './goldens';
import type { WorkerApi } from './encoder.worker';
import { WorkerLink } from './worker-link';

/** The page's end of a worker with one encoder. */
export class EncoderWorker extends WorkerLink<WorkerApi> {
  /** What the check of the encoder said; the worst until it is loaded. */
  check: Check = { deviation: Infinity, milliseconds: Infinity };

  constructor(backend: Backend) {
    super(ENCODER_SCRIPT, backend);
  }

  protected override startBackend(files: readonly FileRef[]): Promise<boolean> {
    return this.api.start(this.backend, files);
  }

  /** @throws Error if the encoder does not reproduce the goldens. */
  async load(spec: EncoderSpec, files: EncoderFiles, goldens: readonly GoldenRow[]): Promise<void> {
    this.check = await this.call(this.api.load(spec, files, goldens));
  }

  /** Builds the encoder without checking it. */
  build(spec: EncoderSpec, files: EncoderFiles): Promise<void> {
    return this.call(this.api.build(spec, files));
  }

  /** @throws Error if the encoder does not reproduce the goldens. */
  async verify(goldens: readonly GoldenRow[]): Promise<void> {
    await this.call(this.api.verify(goldens));
  }

  usage(): Promise<Usage> {
    return this.call(this.api.usage());
  }

  /** A unit row, float32[dim], for each text. */
  embed(texts: readonly string[]): Promise<Float32Array[]> {
    return this.call(this.api.embed(texts));
  }

  /** What the tower reads of each text. */
  read(texts: readonly string[]): Promise<Reading[]> {
    return this.call(this.api.read(texts));
  }

  /** int32[maxLength]: the token row of a text. */
  tokenize(text: string): Promise<Int32Array> {
    return this.call(this.api.tokenize(text));
  }
}
