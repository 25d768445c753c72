import { decodeBase64 } from '../../base64';
import { RELAXED_SIMD, SIMD } from './generated/binaries';

/** The exports of the AssemblyScript in wasm/; pointers and strides are in bytes. */
export interface KernelModule {
  pack(
    b: number,
    packed: number,
    k: number,
    n: number,
    rowStride: number,
    columnStride: number,
  ): void;
  multiply(
    a: number,
    packed: number,
    bias: number,
    c: number,
    m: number,
    n: number,
    k: number,
    rowStride: number,
    columnStride: number,
    low: number,
    high: number,
  ): void;
  /** Bytes of a row of so many numbers as `quantize` writes it. */
  quantizedBytes(columns: number): number;
  quantize(x: number, rows: number, m: number, columns: number): void;
  /** Bytes of a matrix as `packInt8` writes it. */
  packedInt8Bytes(k: number, n: number): number;
  packInt8(b: number, packed: number, k: number, n: number): void;
  multiplyInt8(a: number, b: number, bias: number, scales: number, c: number, m: number): void;
  normalize(x: number, y: number, rows: number, columns: number, epsilon: number): void;
  gate(x: number, y: number, count: number, cubic: number, linear: number): void;
}

/** With fused multiply-add, which browsers have had since 2023 or later, and without. */
export type Variant = 'relaxed-simd' | 'simd';

const BINARIES: Readonly<Record<Variant, string>> = { 'relaxed-simd': RELAXED_SIMD, simd: SIMD };

/** The fastest variant that this browser runs, or undefined if it has no SIMD at all. */
export function findVariant(): Variant | undefined {
  const fastestFirst: readonly Variant[] = ['relaxed-simd', 'simd'];
  return fastestFirst.find((variant) => WebAssembly.validate(decodeBase64(BINARIES[variant])));
}

/** A module that works in `memory`. */
export async function instantiate(
  variant: Variant,
  memory: WebAssembly.Memory,
): Promise<KernelModule> {
  const { instance } = await WebAssembly.instantiate(decodeBase64(BINARIES[variant]), {
    env: { memory },
    dot: { isArm: Number(isArm()) },
  });
  return instance.exports as unknown as KernelModule;
}

/** Whether the processor is an ARM, whose own NaN is positive; that of x86 is negative. */
function isArm(): boolean {
  const numbers = Float32Array.of(Infinity, Infinity);
  numbers[0] = (numbers[0] ?? 0) - (numbers[1] ?? 0);
  return new DataView(numbers.buffer).getUint8(3) < 128;
}
