/**
 * Matrix products of our own in TensorFlow.js's wasm backend: BatchMatMul and _FusedMatMul, on the
 * backend's own memory. Models stay as they are and run on any TensorFlow.js, only slower.
 */
import {
  BatchMatMul,
  _FusedMatMul,
  backend as currentBackend,
  broadcast_util,
  getKernel,
  registerKernel,
  unregisterKernel,
  util,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { Heap, type WasmBackend } from './heap';
import {
  batchDims,
  broadcastIndices,
  FLOAT_BYTES,
  matrixBytes,
  stackRows,
  viewMatrices,
} from './matrices';
import { findVariant, instantiate, type MatMulModule, type Variant } from './module';
import { packedBytes, Packing } from './packing';

type KernelArguments = Parameters<KernelFunc>[0];
type Range = readonly [low: number, high: number];

/** The activations that only limit a number. TensorFlow.js's own kernels do the others. */
const RANGES: Readonly<Partial<Record<string, Range>>> = {
  linear: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
};

/**
 * Makes the running wasm backend multiply matrices with our kernels.
 *
 * @param variant The one to use; by default the fastest that this browser has.
 * @returns The variant used, or undefined if the backend goes on with its own kernels.
 */
export async function installMatMulKernels(
  variant: Variant | undefined = findVariant(),
): Promise<Variant | undefined> {
  const backend = currentBackend() as unknown as WasmBackend;
  const heap = new Heap(backend);
  if (variant === undefined || heap.memory === undefined) return undefined;
  const products = new MatMul(backend, heap, await instantiate(variant, heap.memory));
  for (const kernelName of [BatchMatMul, _FusedMatMul]) replaceKernel(kernelName, products);
  return variant;
}

function replaceKernel(kernelName: string, products: MatMul): void {
  const own = getKernel(kernelName, 'wasm');
  unregisterKernel(kernelName, 'wasm');
  registerKernel({
    ...own,
    kernelFunc: (args) => products.multiply(args) ?? own.kernelFunc(args),
  });
}

class MatMul {
  private readonly packing: Packing;

  constructor(
    private readonly backend: WasmBackend,
    private readonly heap: Heap,
    private readonly module: MatMulModule,
  ) {
    this.packing = new Packing(heap, module);
    const disposeData = backend.disposeData.bind(backend);
    backend.disposeData = (dataId, force) => {
      const gone = disposeData(dataId, force);
      if (gone) this.packing.forget(dataId);
      return gone;
    };
  }

  /** The product, or undefined for what TensorFlow.js's own kernel must do or refuse. */
  multiply({ inputs, attrs, backend }: KernelArguments): TensorInfo | undefined {
    const { a, b, bias, preluActivationWeights } = inputs;
    const range = RANGES[(attrs?.['activation'] as string | undefined) ?? 'linear'];
    if (backend !== this.backend || !a || !b || !range || preluActivationWeights) return undefined;
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
    const transposeA = Boolean(attrs?.['transposeA']);
    const left = viewMatrices(a, transposeA, this.heap);
    const right = viewMatrices(b, Boolean(attrs?.['transposeB']), this.heap);
    if (left.columns !== right.rows || (bias && !isRow(bias, right.columns))) return undefined;

    const outDims = broadcast_util.assertAndGetBroadcastShape(batchDims(a), batchDims(b));
    const shape = [...outDims, left.rows, right.columns];
    const out = this.backend.makeOutput(shape, 'float32');
    // Many rows times one matrix read it once.
    const stacked = right.count === 1 && !transposeA;
    const rows = stacked ? stackRows(left) : left;
    const leftIndices = stacked ? [0] : broadcastIndices(batchDims(a), outDims);
    const rightIndices = stacked ? [0] : broadcastIndices(batchDims(b), outDims);
    const outBytes = rows.rows * right.columns * FLOAT_BYTES;
    this.packing.with(b.dataId, right, (packed) => {
      leftIndices.forEach((index, i) => {
        this.module.multiply(
          rows.pointer + index * matrixBytes(rows),
          packed + (rightIndices[i] ?? 0) * packedBytes(right),
          bias ? this.heap.locate(bias) : 0,
          this.heap.locate(out) + i * outBytes,
          rows.rows,
          right.columns,
          right.rows,
          rows.rowStride,
          rows.columnStride,
          ...range,
        );
      });
    });
    return out;
  }
}

function isRow({ dtype, shape }: TensorInfo, size: number): boolean {
  return dtype === 'float32' && shape.length === 1 && util.sizeFromShape(shape) === size;
}
