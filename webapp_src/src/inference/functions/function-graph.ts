import type { GraphModel } from '@tensorflow/tfjs-converter';
import { tensor, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import { executeGraph } from '../execute-graph';
import { loadGraph } from '../graph-loader';
import type { DType, Tensors } from './tensors';

/** The content of a function's graph model. */
export interface FunctionFiles {
  readonly model: ArrayBuffer;
  readonly weights: readonly ArrayBuffer[];
}

/** A function's graph, in the backend that TensorFlow.js is using. */
export class FunctionGraph {
  private constructor(private readonly model: GraphModel) {}

  static async load({ model, weights }: FunctionFiles): Promise<FunctionGraph> {
    return new FunctionGraph(await loadGraph(model, weights));
  }

  /** Outputs by name for inputs by name; no tensor is left behind in the backend. */
  async run(inputs: Tensors, names: readonly string[]): Promise<Tensors> {
    const given: NamedTensorMap = {};
    for (const [name, { values, shape, dtype }] of Object.entries(inputs)) {
      given[name] = tensor(values, [...shape], dtype);
    }
    let results: Tensor[] = [];
    try {
      results = await executeGraph(this.model, given, names);
      const read = results.map(async (result, i) => [names[i], await readTensor(result)] as const);
      return Object.fromEntries(await Promise.all(read)) as Tensors;
    } finally {
      for (const used of [...Object.values(given), ...results]) used.dispose();
    }
  }
}

async function readTensor(result: Tensor): Promise<Tensors[string]> {
  const values = await result.data<Exclude<DType, 'bool'>>();
  return { values, shape: result.shape, dtype: result.dtype as DType };
}
