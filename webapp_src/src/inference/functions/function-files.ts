import type { Function as FunctionRef } from '../../generated/manifest';
import { loadFiles, type LoadProgress } from '../site-files';
import type { FunctionWorker } from './function-worker';
import type { FunctionFiles } from './function-graph';
import { decodeArray, largestDifference, type Tensors } from './tensors';

/** Inputs, and the outputs that JAX computed from them in the builder. */
export interface Golden {
  readonly inputs: Tensors;
  readonly outputs: Tensors;
}

/** Downloads a function and the golden to check it against. */
export async function loadFunctionFiles(
  ref: FunctionRef,
  signal: AbortSignal,
  onProgress: (progress: LoadProgress) => void,
): Promise<{ files: FunctionFiles; golden: Golden }> {
  const inputs = ref.inputs.flatMap(({ name }, i) => pair(name, ref.golden.inputs[i]));
  const outputs = ref.outputs.flatMap((name, i) => pair(name, ref.golden.outputs[i]));
  const arrays = [...inputs, ...outputs];
  const refs = [ref.model, ...ref.weights, ...arrays.map(([, array]) => array)];
  const [model, ...rest] = (await loadFiles(refs, signal, onProgress)) as [
    ArrayBuffer,
    ...ArrayBuffer[],
  ];
  const weights = rest.splice(0, ref.weights.length);
  const tensors = arrays.map(
    ([name, array], i) => [name, decodeArray(array, rest[i] ?? new ArrayBuffer())] as const,
  );
  const golden = {
    inputs: Object.fromEntries(tensors.slice(0, inputs.length)),
    outputs: Object.fromEntries(tensors.slice(inputs.length)),
  };
  return { files: { model, weights }, golden };
}

/** @throws Error with a sentence if the worker does not compute what the builder did. */
export async function verifyGolden(
  ref: FunctionRef,
  worker: FunctionWorker,
  golden: Golden,
): Promise<void> {
  const outputs = await worker.run(golden.inputs, ref.outputs);
  for (const name of ref.outputs) {
    const [expected, actual] = [golden.outputs[name], outputs[name]];
    // The negation also refuses NaN.
    const off = expected && actual ? largestDifference(actual, expected) : NaN;
    if (!(off <= ref.golden.tolerance)) {
      throw new Error(
        `This browser’s ${name} of ${ref.id} differs from what the builder computed.`,
      );
    }
  }
}

function pair<T>(name: string, value: T | undefined): (readonly [string, T])[] {
  return value === undefined ? [] : [[name, value]];
}
