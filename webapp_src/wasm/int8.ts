/**
 * Products of float32 rows with weights of eight bits, in integers. A row is rounded to 127 steps
 * between its least and its greatest number, so both factors fit the integer dot product of relaxed
 * SIMD, whose second operand has seven bits; without it, plain SIMD gives the same integers. Pointers
 * are in bytes.
 */
import { DOT_IS_SLOW, dotAdd, LANES, loadLanes, storeLanes, VECTOR } from './lanes';

// A tile of the product is 4 rows by 8 columns, as in matmul.ts; a step takes 4 numbers of each.
const ROWS = 4;
const COLUMNS = 8;
const STEP = 4;
const PANEL_STEP: usize = 32;

/** The largest code of a row. */
const TOP: f32 = 127;

/** Bytes of what is known of a row: its step, float32, and the code of zero, int32. */
const FACTS: usize = 8;

/**
 * Writes each row `x[columns]` as codes of one byte to `codes`, `stride` bytes apart, and to `facts`
 * what they stand for: `x = step (code - zero)`. A row has room for a multiple of 16 codes.
 */
export function quantize(
  x: usize,
  codes: usize,
  facts: usize,
  rows: i32,
  columns: i32,
  stride: usize,
): void {
  const bytes = <usize>columns * sizeof<f32>();
  for (let row = 0; row < rows; row++) {
    let lows = f32x4.splat(0);
    let highs = f32x4.splat(0);
    for (let i = 0; i < columns; i += LANES) {
      const numbers = loadLanes(x + <usize>i * sizeof<f32>(), columns - i);
      lows = f32x4.pmin(lows, numbers);
      highs = f32x4.pmax(highs, numbers);
    }
    const low = leastLane(lows);
    const range = -leastLane(f32x4.neg(highs)) - low;
    const step = range > 0 ? range / TOP : 1;
    const zero = nearest(-low / step);
    f32.store(facts, step);
    i32.store(facts, <i32>zero, 4);
    const factor = f32x4.splat(1 / step);
    const shift = f32x4.splat(zero);
    for (let i = 0; i < columns; i += 16) {
      const from = x + <usize>i * sizeof<f32>();
      const left = i16x8.narrow_i32x4_s(
        encode(loadLanes(from, columns - i), factor, shift),
        encode(loadLanes(from + VECTOR, columns - i - 4), factor, shift),
      );
      const right = i16x8.narrow_i32x4_s(
        encode(loadLanes(from + 2 * VECTOR, columns - i - 8), factor, shift),
        encode(loadLanes(from + 3 * VECTOR, columns - i - 12), factor, shift),
      );
      v128.store(codes + <usize>i, i8x16.narrow_i16x8_u(left, right));
    }
    x += bytes;
    codes += stride;
    facts += FACTS;
  }
}

/** Four codes as int32. Without fused multiply-add, so that every processor rounds to the same. */
function encode(numbers: v128, factor: v128, shift: v128): v128 {
  const code = f32x4.nearest(f32x4.add(f32x4.mul(numbers, factor), shift));
  return i32x4.trunc_sat_f32x4_s(f32x4.pmin(code, f32x4.splat(TOP)));
}

function leastLane(x: v128): f32 {
  const low = min(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1));
  return min(low, min(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)));
}

/**
 * Copies whole numbers from -127 to 127, given as float32 `b[k, n]`, to `packed`: panels of 8 columns,
 * each with the sums of its columns, int32, and then its rows as bytes, 4 of each column side by side.
 * What is missing in the last panel and the last rows is filled up with zeros.
 */
export function packInt8(b: usize, packed: usize, k: i32, n: i32): void {
  for (let column = 0; column < n; column += COLUMNS) {
    const sums = packed;
    memory.fill(sums, 0, PANEL_STEP);
    packed += PANEL_STEP;
    for (let row = 0; row < k; row += STEP) {
      for (let j = 0; j < COLUMNS; j++) {
        for (let i = row; i < row + STEP; i++) {
          const at = b + <usize>(i * n + column + j) * sizeof<f32>();
          const code = i < k && column + j < n ? <i32>f32.load(at) : 0;
          const sum = sums + <usize>j * sizeof<i32>();
          i32.store(sum, i32.load(sum) + code);
          i32.store8(packed++, code);
        }
      }
    }
  }
}

/**
 * Writes `(a b + bias[n]) scales[n]` to `c[m, n]`, with `a` as `quantize` left it, `stride` bytes from
 * row to row, and `b` as `packInt8` did. A `bias` of 0 is none, as are `scales` of 0.
 */
export function multiplyInt8(
  a: usize,
  facts: usize,
  packed: usize,
  bias: usize,
  scales: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  stride: usize,
): void {
  if (ASC_FEATURE_RELAXED_SIMD && DOT_IS_SLOW) {
    multiplyWith<i16>(a, facts, packed, bias, scales, c, m, n, k, stride);
  } else {
    multiplyWith<i32>(a, facts, packed, bias, scales, c, m, n, k, stride);
  }
}

function multiplyWith<T>(
  a: usize,
  facts: usize,
  packed: usize,
  bias: usize,
  scales: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  stride: usize,
): void {
  const cStride = <usize>n * sizeof<f32>();
  const panel = <usize>((k + STEP - 1) / STEP) * PANEL_STEP;
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  for (let column = 0; column < n; column += COLUMNS) {
    const count = n - column;
    const start = <usize>column * sizeof<f32>();
    const sums0 = v128.load(packed);
    const sums1 = v128.load(packed, VECTOR);
    const bias0 = bias ? loadLanes(bias + start, count) : zero;
    const bias1 = bias ? loadLanes(bias + start + VECTOR, count - 4) : zero;
    const scales0 = scales ? loadLanes(scales + start, count) : one;
    const scales1 = scales ? loadLanes(scales + start + VECTOR, count - 4) : one;
    packed += PANEL_STEP;
    const end = packed + panel;
    for (let row = 0; row < m; row += ROWS) {
      // Rows below the last one repeat it: they compute and write the same numbers again.
      let a0 = a + <usize>row * stride;
      const next1 = row + 1 < m ? 1 : 0;
      const next2 = row + 2 < m ? next1 + 1 : next1;
      const next3 = row + 3 < m ? next2 + 1 : next2;
      let a1 = a0 + <usize>next1 * stride;
      let a2 = a0 + <usize>next2 * stride;
      let a3 = a0 + <usize>next3 * stride;
      let sum00 = i32x4.splat(0);
      let sum01 = i32x4.splat(0);
      let sum10 = i32x4.splat(0);
      let sum11 = i32x4.splat(0);
      let sum20 = i32x4.splat(0);
      let sum21 = i32x4.splat(0);
      let sum30 = i32x4.splat(0);
      let sum31 = i32x4.splat(0);
      for (let b = packed; b < end; b += PANEL_STEP) {
        const b0 = v128.load(b);
        const b1 = v128.load(b, VECTOR);
        const x0 = v128.load32_splat(a0);
        a0 += STEP;
        sum00 = dotAdd<T>(b0, x0, sum00);
        sum01 = dotAdd<T>(b1, x0, sum01);
        const x1 = v128.load32_splat(a1);
        a1 += STEP;
        sum10 = dotAdd<T>(b0, x1, sum10);
        sum11 = dotAdd<T>(b1, x1, sum11);
        const x2 = v128.load32_splat(a2);
        a2 += STEP;
        sum20 = dotAdd<T>(b0, x2, sum20);
        sum21 = dotAdd<T>(b1, x2, sum21);
        const x3 = v128.load32_splat(a3);
        a3 += STEP;
        sum30 = dotAdd<T>(b0, x3, sum30);
        sum31 = dotAdd<T>(b1, x3, sum31);
      }
      const f0 = facts + <usize>row * FACTS;
      const f1 = f0 + <usize>next1 * FACTS;
      const f2 = f0 + <usize>next2 * FACTS;
      const f3 = f0 + <usize>next3 * FACTS;
      const c0 = c + <usize>row * cStride + start;
      const c1 = c0 + <usize>next1 * cStride;
      const c2 = c0 + <usize>next2 * cStride;
      const c3 = c0 + <usize>next3 * cStride;
      storeLanes(c0, finish(sum00, sums0, f0, bias0, scales0), count);
      storeLanes(c0 + VECTOR, finish(sum01, sums1, f0, bias1, scales1), count - 4);
      storeLanes(c1, finish(sum10, sums0, f1, bias0, scales0), count);
      storeLanes(c1 + VECTOR, finish(sum11, sums1, f1, bias1, scales1), count - 4);
      storeLanes(c2, finish(sum20, sums0, f2, bias0, scales0), count);
      storeLanes(c2 + VECTOR, finish(sum21, sums1, f2, bias1, scales1), count - 4);
      storeLanes(c3, finish(sum30, sums0, f3, bias0, scales0), count);
      storeLanes(c3 + VECTOR, finish(sum31, sums1, f3, bias1, scales1), count - 4);
    }
    packed = end;
  }
}

/** Four numbers of a row of the product, of their sums and the sums of the columns. */
function finish(sum: v128, columns: v128, facts: usize, bias: v128, scales: v128): v128 {
  const step = v128.load32_splat(facts);
  const zero = v128.load32_splat(facts, 4);
  const product = f32x4.convert_i32x4_s(i32x4.sub(sum, i32x4.mul(zero, columns)));
  return f32x4.mul(f32x4.add(f32x4.mul(product, step), bias), scales);
}
