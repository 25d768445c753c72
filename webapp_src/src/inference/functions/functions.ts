/**
 * Functions of a site, for the script of its page: what a template's `page.js` imports from
 * `./functions.js`.
 *
 * @example
 *   import { load } from './functions.js';
 *   const prod = await load('prod', { onProgress: ({ loaded, total }) => show(loaded / total) });
 *   const { output } = await prod.run({ xs: [[1, 2]] });
 *   console.log(output.values, output.shape);
 */
import type { Backend, Function as FunctionRef, FunctionInput } from '../../generated/manifest';
import { loadFunctionManifest } from '../../state/manifest-loader';
import { FLOOR_BACKENDS } from '../backends';
import { loadFunctionFiles, verifyGolden } from './function-files';
import { FunctionWorker } from './function-worker';
import { makeTensor, type Numbers, type Tensors } from './tensors';

export { loadFunctionManifest as loadManifest } from '../../state/manifest-loader';

export interface LoadOptions {
  /** Address of the manifest, relative to the page. */
  readonly manifest?: string;
  /** Called as files arrive; `attempt` is 2 or more after a failure. */
  readonly onProgress?: (progress: { loaded: number; total: number; attempt: number }) => void;
  /** Cancels the loading, or ends the function. */
  readonly signal?: AbortSignal;
}

/**
 * Loads a function of the site and checks that this browser computes what JAX computed.
 *
 * @param id Of the function in `demo.toml`; by default the first.
 * @throws Error with a sentence for the visitor.
 */
export async function load(
  id?: string,
  { manifest = 'manifest.json', onProgress, signal }: LoadOptions = {},
): Promise<LoadedFunction> {
  const { functions } = await loadFunctionManifest(manifest);
  const ref = functions.find((candidate) => id === undefined || candidate.id === id);
  if (!ref) {
    const known = functions.map((candidate) => candidate.id).join(', ');
    throw new Error(`This site has no function “${id ?? ''}”; it has ${known}.`);
  }
  return LoadedFunction.load(ref, signal ?? new AbortController().signal, onProgress);
}

/** A function that runs in a worker of its own. */
export class LoadedFunction {
  private constructor(
    private readonly ref: FunctionRef,
    private readonly worker: FunctionWorker,
  ) {}

  static async load(
    ref: FunctionRef,
    signal: AbortSignal,
    onProgress: NonNullable<LoadOptions['onProgress']> = () => undefined,
  ): Promise<LoadedFunction> {
    const { files, golden } = await loadFunctionFiles(ref, signal, onProgress);
    const failures = new Set<string>();
    for (const backend of FLOOR_BACKENDS) {
      signal.throwIfAborted();
      const worker = new FunctionWorker(backend);
      signal.addEventListener('abort', () => {
        worker.close();
      });
      try {
        await worker.start();
        await worker.load(files);
        await verifyGolden(ref, worker, golden);
        return new LoadedFunction(ref, worker);
      } catch (error) {
        worker.close();
        failures.add((error as Error).message);
      }
    }
    signal.throwIfAborted();
    throw new Error([...failures].join(' '));
  }

  get id(): string {
    return this.ref.id;
  }

  /** Name, dtype, shape, range and labels of each input. */
  get inputs(): readonly FunctionInput[] {
    return this.ref.inputs;
  }

  /** Names of the outputs. */
  get outputs(): readonly string[] {
    return this.ref.outputs;
  }

  /** Where it computes: wasm, or cpu in browsers without WebAssembly. */
  get backend(): Backend {
    return this.worker.backend;
  }

  /**
   * Outputs by name, each `{values, shape, dtype}`, for all inputs by name.
   *
   * @param inputs Numbers, flat or nested.
   * @param shapes Shapes of the inputs in which more than one size varies.
   * @throws Error with a sentence if the inputs do not fit.
   */
  async run(
    inputs: Readonly<Record<string, Numbers>>,
    shapes: Readonly<Record<string, readonly number[]>> = {},
  ): Promise<Tensors> {
    const unknown = Object.keys(inputs).find((name) => !this.inputs.some((i) => i.name === name));
    if (unknown) throw new Error(`${this.id} has no input “${unknown}”.`);
    const tensors = this.inputs.map((input) => {
      const numbers = inputs[input.name];
      if (numbers === undefined) throw new Error(`${this.id} needs the input “${input.name}”.`);
      return [input.name, makeTensor(input, numbers, shapes[input.name])] as const;
    });
    return this.worker.run(Object.fromEntries(tensors), this.outputs);
  }

  /** Ends the worker. */
  close(): void {
    this.worker.close();
  }
}
