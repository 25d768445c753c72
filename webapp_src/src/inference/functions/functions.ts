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
import type {
  Backend,
  FunctionSiteManifest,
  Function as FunctionRef,
  FunctionInput,
} from '../../generated/manifest';
import { loadFunctionManifest } from '../../state/manifest-loader';
import { FLOOR_BACKENDS } from '../backends';
import { isDownloadError } from '../download';
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
  const site = await loadFunctionManifest(manifest);
  const { functions } = site;
  const ref = functions.find((candidate) => id === undefined || candidate.id === id);
  if (!ref) {
    const known = functions.map((candidate) => candidate.id).join(', ');
    throw new Error(`This site has no function “${id ?? ''}”; it has ${known}.`);
  }
  return LoadedFunction.load(site, ref, signal, onProgress);
}

/** A function that runs in a worker of its own; when that worker dies, another takes its place. */
export class LoadedFunction {
  private worker: Promise<FunctionWorker>;

  private constructor(
    private readonly site: FunctionSiteManifest,
    private readonly ref: FunctionRef,
    private readonly closing: AbortController,
    private current: FunctionWorker,
  ) {
    this.worker = Promise.resolve(current);
    const { signal } = closing;
    signal.addEventListener('abort', () => {
      this.current.close();
    });
  }

  /** @param signal Ends the function. */
  static async load(
    site: FunctionSiteManifest,
    ref: FunctionRef,
    signal?: AbortSignal,
    onProgress: NonNullable<LoadOptions['onProgress']> = () => undefined,
  ): Promise<LoadedFunction> {
    const closing = new AbortController();
    const close = (): void => {
      closing.abort(signal?.reason);
    };
    signal?.addEventListener('abort', close);
    // What lives as long as the page should not keep a function that was closed.
    closing.signal.addEventListener('abort', () => {
      signal?.removeEventListener('abort', close);
    });
    if (signal?.aborted) close();
    try {
      const worker = await openWorker(site, ref, closing.signal, onProgress);
      return new LoadedFunction(site, ref, closing, worker);
    } catch (error) {
      closing.abort(error);
      throw error;
    }
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
    return this.current.backend;
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
    return this.compute(Object.fromEntries(tensors));
  }

  /** Ends the worker. */
  close(): void {
    this.closing.abort(new Error(`${this.id} was closed.`));
  }

  private async compute(inputs: Tensors): Promise<Tensors> {
    const worker = await this.worker;
    try {
      return await worker.run(inputs, this.outputs);
    } catch (error) {
      if (!worker.ended) throw error;
      this.closing.signal.throwIfAborted();
      return (await this.replace(worker)).run(inputs, this.outputs);
    }
  }

  /** Another worker in place of one that died; calls that notice it together share one. */
  private replace(dead: FunctionWorker): Promise<FunctionWorker> {
    if (this.current === dead) {
      const opening = openWorker(this.site, this.ref, this.closing.signal, () => undefined);
      this.worker = opening.then(
        (worker) => (this.current = worker),
        (error: unknown) => {
          // The next call tries again.
          this.worker = Promise.resolve(dead);
          throw error;
        },
      );
    }
    return this.worker;
  }
}

/** A worker that computes what JAX computed. */
async function openWorker(
  site: FunctionSiteManifest,
  ref: FunctionRef,
  signal: AbortSignal,
  onProgress: NonNullable<LoadOptions['onProgress']>,
): Promise<FunctionWorker> {
  const { files, golden } = await loadFunctionFiles(ref, signal, onProgress);
  const failures = new Set<string>();
  for (const backend of FLOOR_BACKENDS) {
    signal.throwIfAborted();
    const worker = new FunctionWorker(backend);
    const close = (): void => {
      worker.close();
    };
    signal.addEventListener('abort', close);
    try {
      await worker.start(site.files);
      await worker.load(files);
      await verifyGolden(ref, worker, golden);
      return worker;
    } catch (error) {
      worker.close();
      signal.throwIfAborted();
      // Not the backend's fault.
      if (isDownloadError(error)) throw error;
      failures.add((error as Error).message);
    } finally {
      signal.removeEventListener('abort', close);
    }
  }
  throw new Error([...failures].join(' '));
}
