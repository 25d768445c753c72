/** Graphs of either converter on any backend of TensorFlow.js, as its executor runs them. */
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { dispose, getBackend, tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { Backend } from '../src/generated/manifest';
import { needsAsync } from '../src/inference/execute-graph';
import { startBackend } from '../src/inference/start-backend';
import { LENGTH, type Prompts } from './runner';

/** A graph that takes longer is given up: without a GPU, some take minutes. */
const LIMIT_MS = 120_000;

/** Embeddings, row by row, and milliseconds of each run; or why the backend cannot run the graph. */
type Outcome = { readonly rows: number[]; readonly times: number[] } | { readonly problem: string };

export async function runGraph(
  folder: string,
  backend: Backend,
  prompts: Prompts,
  runs: number,
): Promise<Outcome> {
  if (getBackend() !== backend) await startBackend(backend);
  const model = await loadGraphModel(`models/${folder}/model.json`);
  const input = tensor(Int32Array.from(prompts.tokens), [prompts.count, LENGTH], 'int32');
  try {
    let rows: number[] = [];
    const times: number[] = [];
    // The first run, in which shaders are compiled, is not timed.
    for (let run = 0; run <= runs; run++) {
      const start = performance.now();
      const output = (await (needsAsync(model)
        ? model.executeAsync(input)
        : model.execute(input))) as Tensor;
      rows = [...(await Promise.race([output.data(), giveUp()]))];
      if (run > 0) times.push(performance.now() - start);
      output.dispose();
    }
    return { rows, times };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  } finally {
    dispose(input);
    model.dispose();
  }
}

function giveUp(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => {
      reject(new Error(`No result in ${LIMIT_MS / 1000} seconds.`));
    }, LIMIT_MS);
  });
}
