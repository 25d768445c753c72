/**
 * Runs graph models in TensorFlow.js for Python: requests come as frames on stdin, answers go as
 * frames to stdout, one for one. The first argument is the backend, one of FLOOR_BACKENDS.
 *
 * Requests: {method: "load", files: [{name, bytes}]} and {method: "predict", inputs: ArrayHeader[],
 * integers: string[] | null}; these are the weights whose products are done in integers, by default
 * those that the model says.
 * Answers: {outputs: ArrayHeader[]} or {error: string}, and {tensors: number}, those alive.
 */
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import wasmBinary from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url&inline';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import {
  dispose,
  enableProdMode,
  io,
  memory,
  setBackend,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { FLOOR_BACKENDS } from '../src/inference/backends';
import { executeGraph } from '../src/inference/execute-graph';
import { noteInt8Weights } from '../src/inference/kernels/int8-weights';
import { installKernels } from '../src/inference/kernels/install';
import type { Variant } from '../src/inference/kernels/kernel-module';
import { cutPayload, fromTensor, toTensor, type ArrayHeader, type Output } from './arrays';
import { encodeFrame, readFrames } from './frames';

interface FileHeader {
  name: string;
  bytes: number;
}

type Request =
  | { method: 'load'; files: FileHeader[] }
  | { method: 'predict'; inputs: ArrayHeader[]; integers: string[] | null };

let model: GraphModel | undefined;
let kernels: Variant | undefined;

async function load(files: readonly FileHeader[], payload: Uint8Array): Promise<void> {
  const contents = new Map(cutPayload(files, payload).map(([{ name }, bytes]) => [name, bytes]));
  const read = (name: string): Uint8Array => {
    const bytes = contents.get(name);
    if (bytes === undefined) throw new Error(`the model lacks the file ${name}`);
    return bytes;
  };
  const json = JSON.parse(new TextDecoder().decode(read('model.json'))) as io.ModelJSON;
  const artifacts = await io.getModelArtifactsForJSON(json, (manifest) =>
    Promise.resolve([
      io.getWeightSpecs(manifest),
      Uint8Array.from(Buffer.concat(manifest.flatMap(({ paths }) => paths.map(read)))).buffer,
    ]),
  );
  model?.dispose();
  model = await loadGraphModel(io.fromMemory(artifacts));
}

async function predict(
  headers: readonly ArrayHeader[],
  integers: readonly string[] | undefined,
  payload: Uint8Array,
): Promise<Output[]> {
  if (model === undefined) throw new Error('no model is loaded');
  // As in the page: what integers make of a model is part of what is checked.
  if (noteInt8Weights(model, integers) && backend === 'wasm') kernels ??= await installKernels();
  const inputs = Object.fromEntries(
    cutPayload(headers, payload).map(([header, bytes]) => [header.name, toTensor(header, bytes)]),
  );
  let results: Tensor[] = [];
  try {
    const names = model.outputNodes;
    results = await executeGraph(model, inputs, names);
    return results.map((result, i) => fromTensor(names[i] ?? '', result));
  } finally {
    dispose([...Object.values(inputs), ...results]);
  }
}

async function answer(request: Request, payload: Uint8Array): Promise<Uint8Array> {
  try {
    let outputs: Output[] = [];
    if (request.method === 'predict') {
      outputs = await predict(request.inputs, request.integers ?? undefined, payload);
    } else await load(request.files, payload);
    return encodeFrame(
      { outputs: outputs.map(({ header }) => header), tensors: memory().numTensors },
      outputs.map(({ bytes }) => bytes),
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return encodeFrame({ error: message, tensors: memory().numTensors });
  }
}

const [, , backend = 'wasm'] = process.argv;
if (!FLOOR_BACKENDS.some((name) => name === backend)) {
  const known = FLOOR_BACKENDS.join(', ');
  console.error(`The backend ${backend} does not run in Node.js; those that do: ${known}.`);
  process.exit(1);
}
const binaries = ['tfjs-backend-wasm', 'tfjs-backend-wasm-simd', 'tfjs-backend-wasm-threaded-simd'];
// Every Node we run on has SIMD, and TensorFlow.js uses no threads there.
setWasmPaths(Object.fromEntries(binaries.map((name) => [`${name}.wasm`, wasmBinary])), true);
if (!(await setBackend(backend))) {
  // TensorFlow.js has said why.
  console.error(`The backend ${backend} does not start.`);
  process.exit(1);
}
enableProdMode();
for await (const { header, payload } of readFrames(process.stdin)) {
  process.stdout.write(await answer(header as Request, payload));
}
