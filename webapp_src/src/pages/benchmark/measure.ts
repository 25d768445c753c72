import type { Backend } from '../../generated/manifest';

/** What is run: how many rows at once, and how many runs after the first. */
export interface Load {
  readonly batch: number;
  readonly runs: number;
}

/** A model in one backend, in a worker of its own. */
export interface Runner {
  /** Gets backend and model ready to run. */
  readonly start: () => Promise<void>;
  readonly run: () => Promise<unknown>;
  /** @throws Error if this browser computes something different from the builder. */
  readonly verify: () => Promise<void>;
  /** Bytes that the backend holds. */
  readonly memory: () => Promise<number>;
  readonly close: () => void;
}

/** A model with its files in memory. */
export interface Subject {
  readonly id: string;
  /** Size of its files. */
  readonly bytes: number;
  /** The sizes of its input. */
  readonly describeInput: (batch: number) => string;
  readonly open: (backend: Backend, batch: number) => Runner;
}

/** How a model did in one backend; times in milliseconds. */
export interface Measurement extends Load {
  readonly model: string;
  readonly backend: Backend;
  /** As in "5x16": prompts and tokens. */
  readonly input: string;
  readonly bytes: number;
  /** From files in memory to a model that can be run. */
  readonly load: number;
  /** The first run, which also compiles and packs. */
  readonly first: number;
  /** The median of the others. */
  readonly median: number;
  /** Bytes that the backend holds afterwards: wasm's heap or tensors, without JavaScript. */
  readonly memory: number;
}

/**
 * Runs a model in a worker of its own, as the demo does, and checks what it computes.
 *
 * @throws Error with a sentence if this browser lacks the backend, or computes something different.
 */
export async function measure(
  subject: Subject,
  backend: Backend,
  { batch, runs }: Load,
): Promise<Measurement> {
  const runner = subject.open(backend, batch);
  try {
    const load = await time(() => runner.start());
    const first = await time(() => runner.run());
    const times: number[] = [];
    for (let run = 0; run < runs; run++) times.push(await time(() => runner.run()));
    const memory = await runner.memory();
    await runner.verify();
    return {
      model: subject.id,
      backend,
      batch,
      runs,
      input: subject.describeInput(batch),
      bytes: subject.bytes,
      load,
      first,
      median: median(times),
      memory,
    };
  } finally {
    runner.close();
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
