/**
 * Sums of products of whole numbers: codes of a row, of seven bits, with weights of eight. Both come in
 * groups, which fill 32 bits of a row. The integer dot product of relaxed SIMD takes bytes, that of
 * plain SIMD int16; weights are bytes in memory for both.
 */

/** Bytes of a code of a row. */
export const CODE: usize = ASC_FEATURE_RELAXED_SIMD ? 1 : 2;

/** Numbers of a group. */
export const GROUP: i32 = ASC_FEATURE_RELAXED_SIMD ? 4 : 2;

/** The next group of a row, once for each of four columns. */
export function loadGroup(row: usize, offset: usize = 0): v128 {
  return v128.load32_splat(row + offset);
}

/** A group of weights of each of four columns. */
export function loadWeights(from: usize): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? v128.load(from) : v128.load_ext<i8>(from);
}

/** Writes 16 codes, given as int32. */
export function storeCodes(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const left = i16x8.narrow_i32x4_s(a, b);
  const right = i16x8.narrow_i32x4_s(c, d);
  if (ASC_FEATURE_RELAXED_SIMD) {
    v128.store(to, i8x16.narrow_i16x8_u(left, right));
  } else {
    v128.store(to, left);
    v128.store(to, right, 16);
  }
}

/** Imported: whether the processor is an ARM. Only plain SIMD asks. */
declare const isArm: bool;

/**
 * Whether sums of two products are better kept in i16, which 127 times 128 twice does not go over.
 * With plain SIMD, ARM has no instruction for the dot product of i16: it takes four to multiply and
 * add eight numbers, as for float32, and five for sixteen this way.
 */
export const SUMS_IN_I16: bool = ASC_FEATURE_RELAXED_SIMD ? isDotSlow() : isArm;

/** Adds to the sum of each column the products of two groups; `T` is of the sums of two products. */
export function dotAddTwo<T>(b0: v128, b1: v128, x0: v128, x1: v128, sum: v128): v128 {
  if (!ASC_FEATURE_RELAXED_SIMD && sizeof<T>() == 2) {
    const pairs = i16x8.add(i16x8.mul(b0, x0), i16x8.mul(b1, x1));
    return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(pairs));
  }
  return dotAdd<T>(b1, x1, dotAdd<T>(b0, x0, sum));
}

/** The same with one group. */
export function dotAdd<T>(b: v128, x: v128, sum: v128): v128 {
  if (!ASC_FEATURE_RELAXED_SIMD) return i32x4.add(sum, i32x4.dot_i16x8_s(b, x));
  if (sizeof<T>() == 4) return i32x4.relaxed_dot_i8x16_i7x16_add_s(b, x, sum);
  const pairs = i16x8.relaxed_dot_i8x16_i7x16_s(b, x);
  return i32x4.add(sum, i32x4.dot_i16x8_s(pairs, i16x8.splat(1)));
}

/**
 * Whether the integer dot product of relaxed SIMD is several instructions here, of which V8 makes one,
 * a constant, anew each time: then they are better written out. These are the processors whose sums of
 * pairs stop at the limits of i16, which codes of seven bits do not reach.
 */
function isDotSlow(): bool {
  const zero = i32x4.splat(0);
  const sum = i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.splat(127), i8x16.splat(-1), zero);
  return i32x4.extract_lane(sum, 0) == 2 * i16.MAX_VALUE;
}
