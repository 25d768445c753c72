import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';

/** What TensorFlow.js calls a kernel with. */
export type KernelArguments = Parameters<KernelFunc>[0];

/** Stands in for a kernel of TensorFlow.js; undefined leaves the call to the original. */
export type Kernel = (args: KernelArguments) => TensorInfo | TensorInfo[] | undefined;
