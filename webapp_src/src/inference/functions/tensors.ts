import type { ArrayRef, FunctionInput } from '../../generated/manifest';

export type DType = ArrayRef['dtype'];

/** Numbers in row-major order. */
export interface TensorValue {
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

export type Tensors = Readonly<Record<string, TensorValue>>;

/** Null where a size varies. */
type Shape = readonly (number | null)[];

/** A number, or nested or flat arrays of them. */
export type Numbers = number | ArrayLike<number> | readonly Numbers[];

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Reads the array that a file of the site holds. */
export function decodeArray(ref: ArrayRef, file: ArrayBuffer): TensorValue {
  return { values: new ARRAYS[ref.dtype](file), shape: ref.shape, dtype: ref.dtype };
}

/**
 * Turns numbers into the tensor that an input of a function takes.
 *
 * @param shape Needed if more than one size varies; a single one follows from the count.
 * @throws Error with a sentence if the numbers do not fit the input.
 */
export function makeTensor(
  input: Pick<FunctionInput, 'name' | 'dtype'> & { readonly shape: Shape },
  numbers: Numbers,
  shape?: readonly number[],
): TensorValue {
  const values = ARRAYS[input.dtype].from(flatten(numbers));
  const sizes = shape ?? fill(input.shape, values.length);
  const fits =
    sizes.length === input.shape.length &&
    sizes.every((size, i) => Number.isInteger(size) && size === (input.shape[i] ?? size)) &&
    count(sizes) === values.length;
  if (!fits) {
    const wanted = input.shape.map((size) => size ?? 'any').join(' × ') || 'a single number';
    throw new Error(`The input “${input.name}” is ${wanted}; ${values.length} numbers do not fit.`);
  }
  return { values, shape: sizes, dtype: input.dtype };
}

/** The largest difference between two numbers in the same place; NaN if one is NaN. */
export function largestDifference(a: TensorValue, b: TensorValue): number {
  if (a.values.length !== b.values.length) return NaN;
  return [...a.values].reduce(
    (largest, value, i) => Math.max(largest, Math.abs(value - (b.values[i] ?? NaN))),
    0,
  );
}

function fill(shape: Shape, total: number): number[] {
  const known = count(shape.map((size) => size ?? 1));
  return shape.map((size) => size ?? total / known);
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function flatten(numbers: Numbers): number[] {
  if (typeof numbers === 'number') return [numbers];
  return Array.from(numbers as ArrayLike<Numbers>).flatMap(flatten);
}
