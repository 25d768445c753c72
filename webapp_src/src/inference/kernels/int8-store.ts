import {
  engine,
  io,
  KernelBackend,
  util,
  type BackendValues,
  type NamedTensorMap,
} from '@tensorflow/tfjs-core';
import type { WasmBackend } from './wasm-heap';

interface Stored {
  readonly codes: Int8Array;
  references: number;
}

/**
 * Holds weights of eight bits, in a byte each, for kernels that pack them for themselves. To
 * TensorFlow.js it is a backend that computes nothing: when a kernel of another backend wants a
 * tensor, TensorFlow.js moves it there, as float32.
 */
class Int8Store extends KernelBackend {
  private readonly data = new Map<object, Stored>();

  override write(numbers: BackendValues): object {
    const dataId = {};
    this.data.set(dataId, { codes: Int8Array.from(numbers as Float32Array), references: 1 });
    return dataId;
  }

  override readSync(dataId: object): Float32Array {
    return Float32Array.from(this.data.get(dataId)?.codes ?? []);
  }

  override read(dataId: object): Promise<Float32Array> {
    return Promise.resolve(this.readSync(dataId));
  }

  override refCount(dataId: object): number {
    return this.data.get(dataId)?.references ?? 0;
  }

  override incRef(dataId: object): void {
    const stored = this.data.get(dataId);
    if (stored) stored.references++;
  }

  override disposeData(dataId: object, force = false): boolean {
    const stored = this.data.get(dataId);
    if (stored && --stored.references > 0 && !force) return false;
    this.data.delete(dataId);
    return true;
  }
}

export const int8Store = new Int8Store();

/** Lets a backend count references to what the store holds, as reshaping does, without moving it. */
export function shareReferences(backend: Pick<WasmBackend, 'incRef' | 'disposeData'>): void {
  const incRef = backend.incRef.bind(backend);
  const disposeData = backend.disposeData.bind(backend);
  const holder = (dataId: object): typeof backend =>
    int8Store.refCount(dataId) > 0 ? int8Store : { incRef, disposeData };
  backend.incRef = (dataId) => {
    holder(dataId).incRef(dataId);
  };
  backend.disposeData = (dataId, force) => holder(dataId).disposeData(dataId, force);
}

/** Bytes of a number in a file of weights, by its type there. */
const FILE_BYTES: Readonly<Record<string, number>> = { bool: 1, uint8: 1, uint16: 2, float16: 2 };

/** The least code: what a byte of zero stands for. */
const LEAST = -128;

/** Decodes weights as TensorFlow.js does; those of these names go to the store if they are codes. */
export function decodeWeights(
  data: ArrayBuffer,
  specs: readonly io.WeightsManifestEntry[],
  names: readonly string[],
): NamedTensorMap {
  const tensors: NamedTensorMap = {};
  let start = 0;
  for (const spec of specs) {
    const { name, shape, dtype, quantization: stored } = spec;
    const size = util.sizeFromShape(shape);
    const end = start + size * (FILE_BYTES[stored?.dtype ?? dtype] ?? 4);
    const bytes = data.slice(start, end);
    const areCodes = stored?.dtype === 'uint8' && stored.scale === 1 && stored.min === LEAST;
    if (areCodes && names.includes(name)) {
      const numbers = Float32Array.from(new Uint8Array(bytes), (byte) => byte + LEAST);
      tensors[name] = engine().makeTensor(numbers, shape, 'float32', int8Store);
    } else Object.assign(tensors, io.decodeWeights(bytes, [spec]));
    start = end;
  }
  return tensors;
}
