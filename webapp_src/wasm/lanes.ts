/** What the kernels share: sums of products, and the last few numbers of a row. */

export const VECTOR: usize = 16;
export const LANES = 4;

export function multiplyAdd(x: v128, y: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(x, y, sum);
  return f32x4.add(f32x4.mul(x, y), sum);
}

/** The pseudo-minimum and -maximum are single instructions and let NaN through. */
export function clamp(x: v128, lows: v128, highs: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, lows), highs);
}

/** The first `count` numbers at `from`, then zeros; reads no further. */
export function loadLanes(from: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from);
  if (count == 3) return v128.load32_lane(from + 8, v128.load64_zero(from), 2);
  if (count == 2) return v128.load64_zero(from);
  if (count == 1) return v128.load32_zero(from);
  return f32x4.splat(0);
}

export function storeLanes(to: usize, x: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, x);
  } else {
    if (count >= 2) v128.store64_lane(to, x, 0);
    if (count == 3) v128.store32_lane(to + 8, x, 2);
    if (count == 1) v128.store32_lane(to, x, 0);
  }
}

/**
 * Adds to each of four sums the products of four bytes of `b` with the four of `a` in its place, whose
 * sums in pairs may be i16.
 */
export function dotAdd<T>(b: v128, a: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    if (sizeof<T>() == 4) return i32x4.relaxed_dot_i8x16_i7x16_add_s(b, a, sum);
    const pairs = i16x8.relaxed_dot_i8x16_i7x16_s(b, a);
    return i32x4.add(sum, i32x4.dot_i16x8_s(pairs, i16x8.splat(1)));
  }
  const low = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(b), i16x8.extend_low_i8x16_s(a));
  const high = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(b), i16x8.extend_high_i8x16_s(a));
  const even = v128.shuffle<i32>(low, high, 0, 2, 4, 6);
  const odd = v128.shuffle<i32>(low, high, 1, 3, 5, 7);
  return i32x4.add(sum, i32x4.add(even, odd));
}

/**
 * Whether the integer dot product is several instructions here, of which V8 makes one, a constant,
 * anew each time: then they are better written out. These are the processors whose sums of pairs stop
 * at the limits of i16, which codes of seven bits do not reach.
 */
function isDotSlow(): bool {
  if (!ASC_FEATURE_RELAXED_SIMD) return false;
  const zero = i32x4.splat(0);
  const sum = i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.splat(127), i8x16.splat(-1), zero);
  return i32x4.extract_lane(sum, 0) == 2 * i16.MAX_VALUE;
}

/** See `isDotSlow`. */
export const DOT_IS_SLOW = isDotSlow();
