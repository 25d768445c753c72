/**
 * The page of `make bench`: one text tower run in several ways, timed in turn. tests/bench/export
 * builds it, gives it the models and calls `bench`.
 */
import { runGraph } from './graphs';
import * as onnx from './onnx';
import { measurePeak } from './machine-peak';
import type { Prompts, Runner } from './runner';
import * as tfjs from './tfjs';

const TIMED_RUNS = 3;

let runners = new Map<string, Runner>();

const bench = {
  /** Loads everything and returns the names of the runners. */
  async load(): Promise<string[]> {
    runners = new Map([...(await tfjs.makeRunners()), ...(await onnx.makeRunners())]);
    return [...runners.keys()];
  },

  /** The embeddings by each runner, row by row. */
  async embed(prompts: Prompts): Promise<Record<string, number[]>> {
    const rows: Record<string, number[]> = {};
    for (const [name, { prepare, run }] of runners) {
      prepare();
      rows[name] = [...(await run(prompts))];
    }
    return rows;
  },

  /**
   * Milliseconds of each run. Every round runs each runner a few times, so that all see the same
   * machine; the first of them is not timed, since others have filled the caches with their weights.
   */
  async time(prompts: Prompts, rounds: number): Promise<Record<string, number[]>> {
    const times: Record<string, number[]> = {};
    for (let round = 0; round < rounds; round++) {
      for (const [name, { prepare, run }] of runners) {
        prepare();
        await run(prompts);
        for (let i = 0; i < TIMED_RUNS; i++) {
          const start = performance.now();
          await run(prompts);
          (times[name] ??= []).push(performance.now() - start);
        }
      }
    }
    return times;
  },

  runGraph,

  measurePeak,

  /** Milliseconds in each kernel of TensorFlow.js, a median of some runs. */
  profile: tfjs.profile,
};

Object.assign(globalThis, { bench });
