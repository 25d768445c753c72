/** TensorFlow.js as the app runs it, with a choice of matrix kernels_ and a clock in every kernel. */
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import {
  _FusedMatMul,
  BatchMatMul,
  enableProdMode,
  getKernel,
  getKernelsForBackend,
  registerKernel,
  SplitV,
  tensor,
  unregisterKernel,
  type KernelConfig,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { startBackend } from '../src/inference/backends';
import { installKernels } from '../src/kernels/kernels';
import { LENGTH, type Prompts, type Runner } from './runner';

const REPLACED = [BatchMatMul, _FusedMatMul, SplitV];

/** A runner for each choice of kernels, by name. */
export async function makeRunners(): Promise<Map<string, Runner>> {
  await import('@tensorflow/tfjs-backend-wasm');
  const variants = new Map([['TensorFlow.js, its own kernels', readKernels()]]);
  await startBackend('wasm');
  enableProdMode();
  for (const variant of ['simd', 'relaxed-simd'] as const) {
    variants.get('TensorFlow.js, its own kernels')?.forEach(replaceKernel);
    await installKernels(variant);
    variants.set(`TensorFlow.js, our ${variant}`, readKernels());
  }
  const model = await loadGraphModel('models/tfjs/model.json');
  return new Map(
    [...variants].map(([name, kernels]) => [
      name,
      {
        prepare: () => {
          kernels.forEach(replaceKernel);
        },
        run: (prompts) => Promise.resolve(runModel(model, prompts)),
      },
    ]),
  );
}

function runModel(model: GraphModel, { count, tokens }: Prompts): Float32Array {
  const input = tensor(Int32Array.from(tokens), [count, LENGTH], 'int32');
  const output = model.execute({ tokens: input }) as Tensor;
  const rows = output.dataSync<'float32'>();
  input.dispose();
  output.dispose();
  return rows;
}

/** Milliseconds that a run of `runner` spends in each kernel, the mean of `runs`. */
export async function profile(
  runner: Runner,
  prompts: Prompts,
  runs: number,
): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  runner.prepare();
  const kernels = getKernelsForBackend('wasm');
  for (const config of kernels) replaceKernel(withClock(config, times));
  const start = performance.now();
  for (let i = 0; i < runs; i++) await runner.run(prompts);
  const total = performance.now() - start;
  kernels.forEach(replaceKernel);
  const inKernels = Object.values(times).reduce((a, b) => a + b, 0);
  times['outside kernels'] = total - inKernels;
  return Object.fromEntries(Object.entries(times).map(([name, time]) => [name, time / runs]));
}

function withClock(config: KernelConfig, times: Record<string, number>): KernelConfig {
  return {
    ...config,
    kernelFunc: (args) => {
      const start = performance.now();
      const out = config.kernelFunc(args);
      const time = performance.now() - start;
      times[config.kernelName] = (times[config.kernelName] ?? 0) + time;
      return out;
    },
  };
}

function readKernels(): KernelConfig[] {
  return REPLACED.map((name) => getKernel(name, 'wasm'));
}

function replaceKernel(config: KernelConfig): void {
  unregisterKernel(config.kernelName, config.backendName);
  registerKernel(config);
}
