import { expose } from 'comlink';
import type { Backend, FileRef } from '../../generated/manifest';
import { startBackend, usedBytes } from '../start-backend';
import { FunctionGraph, type FunctionFiles } from './function-graph';
import { holdLife } from '../worker-life';
import type { Tensors } from './tensors';

/** What the page can ask of a worker; each worker holds one function in one backend. */
export interface FunctionWorkerApi {
  /**
   * Starts the backend, which downloads one of the app's `files`.
   *
   * @returns Whether the page can see when the worker ends: see `holdLife`.
   */
  start(backend: Backend, files: readonly FileRef[]): Promise<boolean>;
  /** Builds the function's graph in that backend. */
  load(files: FunctionFiles): Promise<void>;
  /** Outputs by name for inputs by name. */
  run(inputs: Tensors, outputs: readonly string[]): Promise<Tensors>;
  /** Bytes that the backend holds. */
  memory(): number;
}

let graph: FunctionGraph | undefined;

const api: FunctionWorkerApi = {
  async start(backend, files) {
    const holds = holdLife();
    await startBackend(backend, files);
    return holds;
  },

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
