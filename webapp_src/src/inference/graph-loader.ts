import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import { getBackend, io, type NamedTensorMap } from '@tensorflow/tfjs-core';
import { decodeWeights } from './kernels/int8-store';
import { integerProducts } from './kernels/int8-weights';

/** A graph model from the content of its files, in the backend that TensorFlow.js is using. */
export async function loadGraph(
  model: ArrayBuffer,
  weights: readonly ArrayBuffer[],
): Promise<GraphModel> {
  const graph = readJson(model) as io.ModelJSON;
  const weightSpecs = graph.weightsManifest.flatMap((group) => group.weights);
  const weightData = join(weights);
  const artifacts: io.ModelArtifacts = {
    modelTopology: graph.modelTopology,
    weightSpecs,
    weightData,
  };
  if (graph.signature) artifacts.signature = graph.signature;
  if (graph.userDefinedMetadata) artifacts.userDefinedMetadata = graph.userDefinedMetadata;
  const codes = getBackend() === 'wasm' ? integerProducts(graph.userDefinedMetadata) : [];
  if (codes.length === 0) return loadGraphModel(io.fromMemory(artifacts));
  const decode = (): NamedTensorMap => decodeWeights(weightData, weightSpecs, codes);
  return loadGraphModel(io.fromMemory(artifacts), {}, { ...io, decodeWeights: decode });
}

/** Joins shards, because TensorFlow.js misreads them when the last one is the longest. */
function join(shards: readonly ArrayBuffer[]): ArrayBuffer {
  const joined = new Uint8Array(shards.reduce((sum, shard) => sum + shard.byteLength, 0));
  let offset = 0;
  for (const shard of shards) {
    joined.set(new Uint8Array(shard), offset);
    offset += shard.byteLength;
  }
  return joined.buffer;
}

export function readJson(file: ArrayBuffer): unknown {
  return JSON.parse(new TextDecoder().decode(file));
}
