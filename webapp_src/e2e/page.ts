/** A page that runs graph models as anyone would: `loadGraphModel(url)`, `execute`, `executeAsync`. */
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { env, ready, setBackend, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { executeGraph } from '../src/inference/execute-graph';

interface Input {
  readonly values: number[];
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
}

const exportedModels = {
  async start(backend: string): Promise<void> {
    env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    setWasmPaths({
      'tfjs-backend-wasm.wasm': plain,
      'tfjs-backend-wasm-simd.wasm': simd,
      'tfjs-backend-wasm-threaded-simd.wasm': simd,
    });
    if (!(await setBackend(backend))) throw new Error(`There is no backend ${backend} here.`);
    await ready();
  },

  /** The values of each output, in the order of `outputs`. */
  async run(url: string, inputs: Record<string, Input>, outputs: string[]): Promise<number[][]> {
    const model = await loadGraphModel(url);
    const tensors: Record<string, Tensor> = {};
    for (const [name, { values, shape, dtype }] of Object.entries(inputs)) {
      tensors[name] = tensor(values, shape, dtype);
    }
    const results = await executeGraph(model, tensors, outputs);
    for (const given of Object.values(tensors)) given.dispose();
    const values = await Promise.all(results.map(async (result) => [...(await result.data())]));
    for (const result of results) result.dispose();
    model.dispose();
    return values;
  },
};

Object.assign(globalThis, { exportedModels });
