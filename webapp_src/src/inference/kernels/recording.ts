import {
  getKernelsForBackend,
  registerKernel,
  unregisterKernel,
  type KernelConfig,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Call, Read } from './recorded-call';
import { fuse } from './fusion';
import type { WasmBackend } from './wasm-heap';

/** The slot of the input. */
const INPUT = 0;

/**
 * The kernels that one run of a graph called, ready to be called again on other numbers of the same
 * shape. Replaying skips TensorFlow.js's graph executor, ops and engine, which take as long as the
 * kernels of a small model. It works for graphs without control flow and without ops whose output
 * shape depends on the numbers.
 */
export class Recording {
  private calls: Call[] = [];
  /** For each call, the slots to release after it, because no later call reads them. */
  private last: number[][] = [];
  /** Weights and other data that existed before: held as long as the recording is. */
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
      recording.finish(result, kernels);
      return [recording, result];
    } catch (error) {
      recording.dispose();
      throw error;
    } finally {
      kernels.forEach(replaceKernel);
    }
  }

  /** The result for another input of the same shape; the input is left unchanged. */
  replay(input: TensorInfo): TensorInfo {
    const slots: TensorInfo['dataId'][] = [input.dataId];
    const fill = ({ info, slot }: Read): TensorInfo => {
      const dataId = slots[slot];
      if (dataId) info.dataId = dataId;
      return info;
    };
    for (const [i, { kernel, args, reads, slot }] of this.calls.entries()) {
      reads.forEach(fill);
      const outputs = kernel(args);
      if (Array.isArray(outputs)) outputs.forEach(({ dataId }, i) => (slots[slot + i] = dataId));
      else slots[slot] = outputs.dataId;
      for (const done of this.last[i] ?? []) this.release(slots[done]);
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
        const made = [outputs].flat();
        if (isAlias(made, inputs)) return outputs;
        const slot = this.slotCount;
        for (const { dataId } of made) this.slots.set(dataId, this.slotCount++);
        const { kernelName: name, kernelFunc: kernel } = config;
        this.calls.push({
          name,
          kernel,
          reads,
          slot,
          args: { ...args, inputs },
          outputs: made.length,
        });
        return outputs;
      },
    };
  }

  /** Inputs to call the kernel with again; those that come from slots are added to `reads`. */
  private copyInputs(inputs: NamedTensorInfoMap, reads: Read[]): NamedTensorInfoMap {
    const copies = Object.entries(inputs).map(([name, input]) => {
      if (!input) return [name, input] as const;
      const info = { dataId: input.dataId, shape: input.shape, dtype: input.dtype };
      const slot = this.slots.get(input.dataId);
      if (slot === undefined) this.keep(input.dataId);
      else reads.push({ info, slot });
      return [name, info] as const;
    });
    // Some kernels, such as Concat, take a list.
    return Object.assign(Array.isArray(inputs) ? [] : {}, Object.fromEntries(copies));
  }

  private keep(dataId: object): void {
    if (this.kept.has(dataId)) return;
    this.backend.incRef(dataId);
    this.kept.add(dataId);
  }

  private finish({ dataId, shape, dtype }: TensorInfo, kernels: readonly KernelConfig[]): void {
    const output = this.slots.get(dataId);
    if (output === undefined || output === INPUT) {
      throw new Error('The result was not computed by kernels.');
    }
    this.slots.clear();
    this.output = { info: { dataId, shape, dtype }, slot: output };
    this.calls = fuse(this.calls, output, kernels, (scalar) => this.readNumber(scalar));
    this.last = findLast(this.calls, [INPUT, output]);
  }

  private readNumber({ dataId }: TensorInfo): number {
    return Number(this.backend.readSync(dataId)[0]);
  }
}

/** For each call, the slots to release after it: those last read there, or never read at all. */
function findLast(calls: readonly Call[], kept: readonly number[]): number[][] {
  const seen = new Set(kept);
  const last = calls.toReversed().map(({ reads, slot, outputs }) => {
    const made = Array.from({ length: outputs }, (_, i) => slot + i);
    const done = new Set([...made, ...reads.map((read) => read.slot)].filter((s) => !seen.has(s)));
    for (const each of done) seen.add(each);
    return [...done];
  });
  return last.reverse();
}

/** Whether a kernel, such as Reshape, returned the data of an input under another shape. */
function isAlias(outputs: readonly TensorInfo[], inputs: NamedTensorInfoMap): boolean {
  return Object.values(inputs).some((input) => input?.dataId === outputs[0]?.dataId);
}

function replaceKernel(config: KernelConfig): void {
  unregisterKernel(config.kernelName, config.backendName);
  registerKernel(config);
}
