import {
  getKernelsForBackend,
  registerKernel,
  unregisterKernel,
  type KernelConfig,
  type KernelFunc,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WasmBackend } from './heap';
import type { KernelArguments } from './kernels';

/** What a kernel is given: the data is put in before each call, from a slot. */
interface Read {
  readonly info: TensorInfo;
  readonly slot: number;
}

interface Call {
  readonly kernel: KernelFunc;
  readonly args: KernelArguments;
  readonly reads: readonly Read[];
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
  private output: Read | undefined;

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
    } catch (error) {
      recording.dispose();
      throw error;
    } finally {
      kernels.forEach(replaceKernel);
    }
  }

  /** The result for another input of the same shape, which is left as it is. */
  replay(input: TensorInfo): TensorInfo {
    const slots: TensorInfo['dataId'][] = [input.dataId];
    const fill = ({ info, slot }: Read): TensorInfo => {
      const dataId = slots[slot];
      if (dataId) info.dataId = dataId;
      return info;
    };
    for (const { kernel, args, reads, slot, last } of this.calls) {
      reads.forEach(fill);
      const outputs = kernel(args);
      if (Array.isArray(outputs)) outputs.forEach(({ dataId }, i) => (slots[slot + i] = dataId));
      else slots[slot] = outputs.dataId;
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
        const reads: Read[] = [];
        const inputs = this.copyInputs(args.inputs, reads);
        const outputs = config.kernelFunc(args);
        const slot = this.slotCount;
        for (const { dataId } of [outputs].flat()) this.slots.set(dataId, this.slotCount++);
        this.calls.push({
          kernel: config.kernelFunc,
          args: { ...args, inputs },
          reads,
          slot,
          last: [],
        });
        return outputs;
      },
    };
  }

  /** Inputs to call the kernel with again; which of them are from slots is added to `reads`. */
  private copyInputs(inputs: NamedTensorInfoMap, reads: Read[]): NamedTensorInfoMap {
    const copies = Object.entries(inputs).map(([name, input]) => {
      if (!input) return [name, input] as const;
      const info = { dataId: input.dataId, shape: input.shape, dtype: input.dtype };
      const slot = this.slots.get(input.dataId);
      if (slot === undefined) this.keep(input.dataId);
      else reads.push({ info, slot });
      return [name, info] as const;
    });
    // Some kernels, Concat for one, take a list.
    return Object.assign(Array.isArray(inputs) ? [] : {}, Object.fromEntries(copies));
  }

  private keep(dataId: object): void {
    if (this.kept.has(dataId)) return;
    this.backend.incRef(dataId);
    this.kept.add(dataId);
  }

  /** Finds where each slot is read last: there its data goes, or where it is made if it never is. */
  private finish({ dataId, shape, dtype }: TensorInfo): void {
    const output = this.slots.get(dataId);
    if (output === undefined) throw new Error('The result was not computed by kernels.');
    this.slots.clear();
    this.output = { info: { dataId, shape, dtype }, slot: output };
    const seen = new Set<number>([INPUT, output]);
    for (const [i, call] of [...this.calls.entries()].reverse()) {
      const end = this.calls[i + 1]?.slot ?? this.slotCount;
      const made = Array.from({ length: end - call.slot }, (_, j) => call.slot + j);
      for (const slot of [...made, ...call.reads.map((read) => read.slot)]) {
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
