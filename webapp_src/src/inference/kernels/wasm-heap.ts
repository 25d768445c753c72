import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** The parts of TensorFlow.js's Emscripten module that it does not declare. */
interface EmscriptenModule {
  readonly asm?: { readonly memory?: unknown };
  /** A different array each time the memory has grown. */
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

/** The parts of TensorFlow.js's wasm backend that are used here. */
export type WasmBackend = Pick<
  BackendWasm,
  'disposeData' | 'getMemoryOffset' | 'incRef' | 'makeOutput' | 'readSync' | 'wasm'
>;

/** The memory of TensorFlow.js's wasm backend, which holds all its tensors. */
export class WasmHeap {
  constructor(private readonly backend: WasmBackend) {}

  /** Undefined if the backend's module does not expose it. */
  get memory(): WebAssembly.Memory | undefined {
    const memory = this.module.asm?.memory;
    return memory instanceof WebAssembly.Memory ? memory : undefined;
  }

  /** Where a tensor's numbers begin. */
  locate({ dataId }: TensorInfo): number {
    return this.backend.getMemoryOffset(dataId);
  }

  allocate(bytes: number): number {
    // Addresses go up to 4 GB but are returned as signed numbers.
    const pointer = this.module._malloc(bytes) >>> 0;
    if (pointer === 0) throw new Error('WebAssembly is out of memory.');
    return pointer;
  }

  free(pointer: number): void {
    this.module._free(pointer);
  }

  write(bytes: Int8Array, to: number): void {
    new Int8Array(this.module.HEAPU8.buffer, to, bytes.length).set(bytes);
  }

  copy(from: number, to: number, bytes: number): void {
    this.module.HEAPU8.copyWithin(to, from, from + bytes);
  }

  private get module(): EmscriptenModule {
    return this.backend.wasm as unknown as EmscriptenModule;
  }
}
