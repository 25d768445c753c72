/** TensorFlow.js as the app runs it, with a choice of matrix kernels and a clock in every kernel. */
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import {
  _FusedMatMul,
  BatchMatMul,
  enableProdMode,
  getKernelsForBackend,
  registerKernel,
  SplitV,
  tensor,
  unregisterKernel,
  type KernelConfig,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { startBackend } from '../src/inference/start-backend';
import { AsyncGraph, needsAsync } from '../src/inference/execute-graph';
import { noteInt8Weights } from '../src/inference/kernels/int8-weights';
import { GATE, NORMALIZE } from '../src/inference/kernels/pointwise-kernels';
import { installKernels } from '../src/inference/kernels/install';
import { median } from '../src/pages/benchmark/measure';
import { RecordedGraph } from '../src/inference/kernels/recorded-graph';
import { LENGTH, type Prompts, type Runner } from './runner';

const CHANGED: readonly string[] = [BatchMatMul, _FusedMatMul, SplitV, GATE, NORMALIZE];

/** A way to run a model: with some kernels, called by the executor or from a recording. */
interface Way {
  readonly model: GraphModel;
  readonly kernels: readonly KernelConfig[];
  readonly isRecorded: boolean;
}

const ways = new Map<string, Way>();

/** A runner for each way, by name. */
export async function makeRunners(): Promise<Map<string, Runner>> {
  await import('@tensorflow/tfjs-backend-wasm');
  const own = readKernels();
  await startBackend('wasm');
  enableProdMode();
  const model = await loadGraphModel('models/ours/model.json');
  const int8 = await loadGraphModel('models/ours-int8/model.json');
  noteInt8Weights(int8);
  ways.set('TensorFlow.js, its own kernels', { model, kernels: own, isRecorded: false });
  for (const variant of ['simd', 'relaxed-simd'] as const) {
    own.forEach(replaceKernel);
    await installKernels(variant);
    const kernels = readKernels();
    const name = `TensorFlow.js, our ${variant}`;
    ways.set(name, { model, kernels, isRecorded: false });
    ways.set(`${name}, recorded`, { model, kernels, isRecorded: true });
    ways.set(`${name}, recorded, int8`, { model: int8, kernels, isRecorded: true });
  }
  return new Map([...ways].map(([name, way]) => [name, makeRunner(way)]));
}

function makeRunner({ model, kernels, isRecorded }: Way): Runner {
  const names = ['tokens', 'embeddings'] as const;
  const recorded = new RecordedGraph(model, ...names);
  const run = new AsyncGraph(model, ...names);
  const execute = (input: Tensor): Tensor | Promise<Tensor> => {
    if (needsAsync(model)) return run.execute(input);
    return isRecorded ? recorded.execute(input) : (model.execute({ tokens: input }) as Tensor);
  };
  return {
    prepare: () => {
      kernels.forEach(replaceKernel);
    },
    run: async ({ count, tokens }) => {
      const input = tensor(Int32Array.from(tokens), [count, LENGTH], 'int32');
      const output = await execute(input);
      const rows = output.dataSync<'float32'>();
      input.dispose();
      output.dispose();
      return rows;
    },
  };
}

/** Milliseconds that a run spends in each kernel, the median of `runs`. */
export async function profile(
  name: string,
  prompts: Prompts,
  runs: number,
): Promise<Record<string, number>> {
  const way = ways.get(name);
  if (!way) throw new Error(`There is no runner named ${name}.`);
  way.kernels.forEach(replaceKernel);
  const kernels = getKernelsForBackend('wasm');
  const clocks = new Map(kernels.map(({ kernelName }) => [kernelName, 0]));
  for (const config of kernels) replaceKernel(withClock(config, clocks));
  const { run } = makeRunner(way);
  await run(prompts);
  const times = new Map<string, number[]>();
  for (let i = 0; i < runs; i++) {
    for (const kernel of clocks.keys()) clocks.set(kernel, 0);
    const start = performance.now();
    await run(prompts);
    const total = performance.now() - start;
    const inKernels = [...clocks.values()].reduce((a, b) => a + b, 0);
    for (const [kernel, time] of [...clocks, ['outside kernels', total - inKernels] as const]) {
      times.set(kernel, [...(times.get(kernel) ?? []), time]);
    }
  }
  kernels.forEach(replaceKernel);
  return Object.fromEntries([...times].map(([kernel, list]) => [kernel, median(list)]));
}

function withClock(config: KernelConfig, clocks: Map<string, number>): KernelConfig {
  return {
    ...config,
    kernelFunc: (args) => {
      const start = performance.now();
      const out = config.kernelFunc(args);
      const time = performance.now() - start;
      clocks.set(config.kernelName, (clocks.get(config.kernelName) ?? 0) + time);
      return out;
    },
  };
}

function readKernels(): KernelConfig[] {
  return getKernelsForBackend('wasm').filter(({ kernelName }) => CHANGED.includes(kernelName));
}

function replaceKernel(config: KernelConfig): void {
  unregisterKernel(config.kernelName, config.backendName);
  registerKernel(config);
}
