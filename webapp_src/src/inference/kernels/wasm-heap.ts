import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What TensorFlow.js does not declare of the module that Emscripten made for it. */
interface EmscriptenModule {
  readonly asm?: { readonly memory?: unknown };
  /** Another array whenever the memory has grown. */
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

/** What is used of TensorFlow.js's wasm backend. */
export type WasmBackend = Pick<
  BackendWasm,
  'disposeData' | 'getMemoryOffset' | 'incRef' | 'makeOutput' | 'readSync' | 'wasm'
>;

/** The memory of TensorFlow.js's wasm backend, in which all its tensors are. */
export class WasmHeap {
  constructor(private readonly backend: WasmBackend) {}

  /** Undefined where the backend's module does not show it. */
  get memory(): WebAssembly.Memory | undefined {
    const memory = this.module.asm?.memory;
    return memory instanceof WebAssembly.Memory ? memory : undefined;
  }

  /** Where a tensor's numbers begin. */
  locate({ dataId }: TensorInfo): number {
    return this.backend.getMemoryOffset(dataId);
  }

  allocate(bytes: number): number {
    // Addresses go up to 4 GB but come out signed.
    const pointer = this.module._malloc(bytes) >>> 0;
    if (pointer === 0) throw new Error('The memory of WebAssembly is full.');
    return pointer;
  }

  free(pointer: number): void {
    this.module._free(pointer);
  }

  copy(from: number, to: number, bytes: number): void {
    this.module.HEAPU8.copyWithin(to, from, from + bytes);
  }

  private get module(): EmscriptenModule {
    return this.backend.wasm as unknown as EmscriptenModule;
  }
}
