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
