import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelArguments } from './kernel';

/** An input of a kernel: its data is filled in from a slot before each call. */
export interface Read {
  readonly info: TensorInfo;
  readonly slot: number;
}

/** A recorded call of a kernel. */
export interface Call {
  readonly name: string;
  readonly kernel: KernelFunc;
  readonly args: KernelArguments;
  readonly reads: readonly Read[];
  /** The slot of the first output; the others follow. */
  readonly slot: number;
  readonly outputs: number;
}
