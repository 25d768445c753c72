import type { Model } from '../generated/manifest';
import { encoderBytes, type EncoderFiles } from '../inference/encoder-files';
import type { EncoderSpec } from '../inference/encoder';
import type { EncoderWorker } from '../inference/encoder-worker';
import type { GoldenRow } from '../inference/goldens';
import type { BackendName } from '../inference/status';

/** What is run: how many texts at once, and how often after the first time. */
export interface Load {
  readonly batch: number;
  readonly runs: number;
}

/** How a model did in one backend; times in milliseconds. */
export interface Measurement extends Load {
  readonly model: string;
  readonly backend: BackendName;
  /** Tokens in the row of one text. */
  readonly tokens: number;
  /** Size of the encoder's files. */
  readonly bytes: number;
  /** From files in memory to an encoder that can be run. */
  readonly load: number;
  /** The first run, which also compiles and packs. */
  readonly first: number;
  /** The median of the others. */
  readonly median: number;
  /** Bytes that the backend holds afterwards: wasm's heap or tensors, without JavaScript. */
  readonly memory: number;
}

/** A model with all that its measurements need. */
export interface Subject {
  readonly model: Model;
  readonly spec: EncoderSpec;
  readonly files: EncoderFiles;
  readonly goldens: readonly GoldenRow[];
}

/** What is used of EncoderWorker. */
export type Runner = Pick<
  EncoderWorker,
  'start' | 'build' | 'verify' | 'embed' | 'memory' | 'close'
>;

/**
 * Runs an encoder in a worker of its own, as the demo does, and checks what it computes.
 *
 * @throws Error with a sentence where this browser has no such backend, or it computes something else.
 */
export async function measure(
  { model, spec, files, goldens }: Subject,
  backend: BackendName,
  { batch, runs }: Load,
  open: (backend: BackendName) => Runner,
): Promise<Measurement> {
  const worker = open(backend);
  // Rows are padded to one length, so any texts take the same time.
  const texts = Array.from({ length: batch }, (_, i) => `a photo of number ${i}`);
  try {
    const load = await time(async () => {
      await worker.start();
      await worker.build(spec, files);
    });
    const first = await time(() => worker.embed(texts));
    const times: number[] = [];
    for (let run = 0; run < runs; run++) times.push(await time(() => worker.embed(texts)));
    const memory = await worker.memory();
    await worker.verify(goldens);
    return {
      model: model.id,
      backend,
      batch,
      runs,
      tokens: spec.tokenizer.maxLength,
      bytes: encoderBytes(model),
      load,
      first,
      median: median(times),
      memory,
    };
  } finally {
    worker.close();
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? NaN)) / 2;
}

async function time(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}
