import {
  getKernelsForBackend,
  registerKernel,
  unregisterKernel,
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WasmBackend } from './heap';
import type { KernelArguments } from './kernels';

/** An argument of a kernel: data of the recording itself, or what is in a slot when it is replayed. */
type Argument = Omit<TensorInfo, 'dataId'> &
  ({ readonly dataId: object } | { readonly slot: number });

interface Call {
  readonly kernel: KernelFunc;
  readonly attrs: KernelArguments['attrs'];
  readonly inputs: readonly (readonly [name: string, argument: Argument])[];
  /** Some kernels, Concat for one, take a list and no names. */
  readonly isList: boolean;
  /** The slot of the first output; the others follow. */
  readonly slot: number;
  /** The slots that no later call reads. */
  readonly last: number[];
}

/** The slot of the input. */
const INPUT = 0;

/**
 * The kernels that a run of a graph called, to be called again on other numbers of the same shape.
 * That leaves out TensorFlow.js's graph executor, ops and engine, which take as long as the kernels of
 * a small model. It holds for graphs without control flow and without ops whose result has a shape
 * that depends on numbers.
 */
export class Recording {
  private readonly calls: Call[] = [];
  /** Weights and other data that was there before: kept for as long as the recording is. */
  private readonly kept = new Set<object>();
  private readonly slots = new Map<object, number>();
  private slotCount = INPUT + 1;
  private output: Argument | undefined;

  private constructor(private readonly backend: WasmBackend) {}

  /** Calls `run` and records its kernels; `run` computes its result from `input`. */
  static make<T extends TensorInfo>(
    backend: WasmBackend,
    input: TensorInfo,
    run: () => T,
  ): [Recording, T] {
    const recording = new Recording(backend);
    recording.slots.set(input.dataId, INPUT);
    const kernels = getKernelsForBackend('wasm');
    for (const config of kernels) replaceKernel(recording.listen(config));
    try {
      const result = run();
      recording.finish(result);
      return [recording, result];
    } finally {
      kernels.forEach(replaceKernel);
    }
  }

  /** The result for another input of the same shape, which is left as it is. */
  replay(input: TensorInfo): TensorInfo {
    const slots: (object | undefined)[] = [input.dataId];
    const fill = (argument: Argument): TensorInfo => ({
      shape: argument.shape,
      dtype: argument.dtype,
      dataId: 'slot' in argument ? (slots[argument.slot] ?? {}) : argument.dataId,
    });
    for (const { kernel, attrs, inputs, isList, slot, last } of this.calls) {
      const filled = (isList ? [] : {}) as Record<string, TensorInfo>;
      for (const [name, argument] of inputs) filled[name] = fill(argument);
      const args = { inputs: filled, backend: this.backend };
      const outputs = [kernel(attrs ? { ...args, attrs } : args)].flat();
      outputs.forEach(({ dataId }, i) => (slots[slot + i] = dataId));
      for (const done of last) this.release(slots[done]);
    }
    if (!this.output) throw new Error('The recording was not finished.');
    return fill(this.output);
  }

  dispose(): void {
    for (const dataId of this.kept) this.release(dataId);
    this.kept.clear();
  }

  private release(dataId: object | undefined): void {
    if (dataId) this.backend.disposeData(dataId);
  }

  private listen(config: KernelConfig): KernelConfig {
    return {
      ...config,
      kernelFunc: (args) => {
        const inputs = Object.entries(args.inputs).flatMap(([name, info]) =>
          info ? [[name, this.argument(info)] as const] : [],
        );
        const outputs = config.kernelFunc(args);
        const slot = this.slotCount;
        for (const { dataId } of [outputs].flat()) this.slots.set(dataId, this.slotCount++);
        this.calls.push({
          kernel: config.kernelFunc,
          attrs: args.attrs,
          inputs,
          isList: Array.isArray(args.inputs),
          slot,
          last: [],
        });
        return outputs;
      },
    };
  }

  private argument({ dataId, shape, dtype }: TensorInfo): Argument {
    const slot = this.slots.get(dataId);
    if (slot !== undefined) return { shape, dtype, slot };
    if (!this.kept.has(dataId)) {
      this.backend.incRef(dataId);
      this.kept.add(dataId);
    }
    return { shape, dtype, dataId };
  }

  /** Finds where each slot is read last: there its data goes, or where it is made if it never is. */
  private finish(result: TensorInfo): void {
    this.output = this.argument(result);
    const seen = new Set<number>([INPUT, 'slot' in this.output ? this.output.slot : INPUT]);
    for (const [i, call] of [...this.calls.entries()].reverse()) {
      const end = this.calls[i + 1]?.slot ?? this.slotCount;
      const made = Array.from({ length: end - call.slot }, (_, j) => call.slot + j);
      const read = call.inputs.flatMap(([, argument]) => ('slot' in argument ? argument.slot : []));
      for (const slot of [...made, ...read]) {
        if (!seen.has(slot)) call.last.push(slot);
        seen.add(slot);
      }
    }
  }
}

function replaceKernel(config: KernelConfig): void {
  unregisterKernel(config.kernelName, config.backendName);
  registerKernel(config);
}
