import { expose } from 'comlink';
import type { Backend } from '../../generated/manifest';
import { startBackend, usedBytes } from '../start-backend';
import { FunctionGraph, type FunctionFiles } from './function-graph';
import type { Tensors } from './tensors';

/** What the page can ask of a worker; each worker holds one function in one backend. */
export interface FunctionWorkerApi {
  /** Starts the backend, which downloads files of its own. */
  start(backend: Backend): Promise<void>;
  /** Builds the function's graph in that backend. */
  load(files: FunctionFiles): Promise<void>;
  /** Outputs by name for inputs by name. */
  run(inputs: Tensors, outputs: readonly string[]): Promise<Tensors>;
  /** Bytes that the backend holds. */
  memory(): number;
}

let graph: FunctionGraph | undefined;

const api: FunctionWorkerApi = {
  start: startBackend,

  async load(files) {
    graph = await FunctionGraph.load(files);
  },

  run(inputs, outputs) {
    if (!graph) throw new Error('The function has not been loaded.');
    return graph.run(inputs, outputs);
  },

  memory: usedBytes,
};

expose(api);
