/**
 * Products of float32 rows with weights of eight bits, in integers. A row is rounded to 127 steps
 * between its least and its greatest number, so both factors fit the integer dot product of relaxed
 * SIMD, whose second operand has seven bits; without it, plain SIMD gives the same integers. Pointers
 * are in bytes.
 */
import { CODE, dotAddTwo, GROUP, loadGroup, loadWeights, storeCodes, SUMS_IN_I16 } from './dot';
import { LANES, loadLanes, storeLanes, VECTOR } from './lanes';

// A tile of the product is 4 rows by 8 columns, as in matmul.ts; a step takes two groups of each.
const ROWS = 4;
const COLUMNS = 8;
const STEP = 2 * GROUP;
const ROW_GROUP = <usize>GROUP * CODE;
const PANEL_VECTOR = <usize>(LANES * GROUP);
const PANEL_STEP = <usize>(COLUMNS * STEP);

/** Bytes of the sums of a panel's columns, int32. */
const SUMS: usize = 32;

/** The codes of a row are written so many at a time, which is one step or more. */
const CODES = 16;

/** The largest code of a row. */
const TOP: f32 = 127;

/** Bytes before the codes of a row, of its step, float32, and the code of zero, int32. */
const FACTS = VECTOR;

/** Bytes before the panels of a matrix, of the numbers of its rows and columns, int32. */
const SHAPE = VECTOR;

/** Bytes of a row as `quantize` writes it. */
export function quantizedBytes(columns: i32): usize {
  return FACTS + <usize>((columns + CODES - 1) / CODES) * CODES * CODE;
}

/**
 * Writes each row `x[columns]` to `rows` as codes, and before them what they stand for:
 * `x = step (code - zero)`.
 */
export function quantize(x: usize, rows: usize, m: i32, columns: i32): void {
  for (let row = 0; row < m; row++) {
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
    f32.store(rows, step);
    i32.store(rows, <i32>zero, 4);
    const codes = rows + FACTS;
    const factor = f32x4.splat(1 / step);
    const shift = f32x4.splat(zero);
    for (let i = 0; i < columns; i += CODES) {
      const from = x + <usize>i * sizeof<f32>();
      storeCodes(
        codes + <usize>i * CODE,
        encode(loadLanes(from, columns - i), factor, shift),
        encode(loadLanes(from + VECTOR, columns - i - 4), factor, shift),
        encode(loadLanes(from + 2 * VECTOR, columns - i - 8), factor, shift),
        encode(loadLanes(from + 3 * VECTOR, columns - i - 12), factor, shift),
      );
    }
    x += <usize>columns * sizeof<f32>();
    rows += quantizedBytes(columns);
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

/** Bytes of a matrix as `packInt8` writes it. */
export function packedInt8Bytes(k: i32, n: i32): usize {
  return SHAPE + <usize>((n + COLUMNS - 1) / COLUMNS) * panelBytes(k);
}

function panelBytes(k: i32): usize {
  return SUMS + <usize>((k + STEP - 1) / STEP) * PANEL_STEP;
}

/**
 * Copies the bytes `b[k, n]`, numbers from -128 to 127, to `packed`: first `k` and `n`, then panels of
 * 8 columns, each with the sums of its columns, int32, and its rows, a group of each column side by
 * side. What is missing in the last panel and the last rows is filled up with zeros.
 */
export function packInt8(b: usize, packed: usize, k: i32, n: i32): void {
  i32.store(packed, k);
  i32.store(packed, n, 4);
  packed += SHAPE;
  const rows = ((k + STEP - 1) / STEP) * STEP;
  for (let column = 0; column < n; column += COLUMNS) {
    const sums = packed;
    memory.fill(sums, 0, SUMS);
    packed += SUMS;
    for (let row = 0; row < rows; row += GROUP) {
      for (let j = 0; j < COLUMNS; j++) {
        for (let i = row; i < row + GROUP; i++) {
          const at = b + <usize>(i * n + column + j);
          const code = i < k && column + j < n ? i32.load8_s(at) : 0;
          const sum = sums + <usize>j * sizeof<i32>();
          i32.store(sum, i32.load(sum) + code);
          i32.store8(packed++, code);
        }
      }
    }
  }
}

/**
 * Writes `(a b + bias[n]) scales[n]` to `c[m, n]`, with `a` as `quantize` left it and `b` as `packInt8`
 * did. A `bias` of 0 is none, as are `scales` of 0.
 */
export function multiplyInt8(
  a: usize,
  b: usize,
  bias: usize,
  scales: usize,
  c: usize,
  m: i32,
): void {
  if (SUMS_IN_I16) multiplyWith<i16>(a, b, bias, scales, c, m);
  else multiplyWith<i32>(a, b, bias, scales, c, m);
}

function multiplyWith<T>(a: usize, b: usize, bias: usize, scales: usize, c: usize, m: i32): void {
  const k = i32.load(b);
  const n = i32.load(b, 4);
  const aStride = quantizedBytes(k);
  const cStride = <usize>n * sizeof<f32>();
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  let panel = b + SHAPE;
  for (let column = 0; column < n; column += COLUMNS) {
    const count = n - column;
    const start = <usize>column * sizeof<f32>();
    const end = panel + panelBytes(k);
    const sums0 = v128.load(panel);
    const sums1 = v128.load(panel, VECTOR);
    const bias0 = bias ? loadLanes(bias + start, count) : zero;
    const bias1 = bias ? loadLanes(bias + start + VECTOR, count - 4) : zero;
    const scales0 = scales ? loadLanes(scales + start, count) : one;
    const scales1 = scales ? loadLanes(scales + start + VECTOR, count - 4) : one;
    for (let row = 0; row < m; row += ROWS) {
      // Rows below the last one repeat it: they compute and write the same numbers again.
      const next1 = row + 1 < m ? 1 : 0;
      const next2 = row + 2 < m ? next1 + 1 : next1;
      const next3 = row + 3 < m ? next2 + 1 : next2;
      const facts0 = a + <usize>row * aStride;
      const facts1 = facts0 + <usize>next1 * aStride;
      const facts2 = facts0 + <usize>next2 * aStride;
      const facts3 = facts0 + <usize>next3 * aStride;
      let a0 = facts0 + FACTS;
      let a1 = facts1 + FACTS;
      let a2 = facts2 + FACTS;
      let a3 = facts3 + FACTS;
      let sum00 = i32x4.splat(0);
      let sum01 = i32x4.splat(0);
      let sum10 = i32x4.splat(0);
      let sum11 = i32x4.splat(0);
      let sum20 = i32x4.splat(0);
      let sum21 = i32x4.splat(0);
      let sum30 = i32x4.splat(0);
      let sum31 = i32x4.splat(0);
      for (let at = panel + SUMS; at < end; at += PANEL_STEP) {
        const b0 = loadWeights(at);
        const b1 = loadWeights(at + PANEL_VECTOR);
        const d0 = loadWeights(at + 2 * PANEL_VECTOR);
        const d1 = loadWeights(at + 3 * PANEL_VECTOR);
        const x0 = loadGroup(a0);
        const y0 = loadGroup(a0, ROW_GROUP);
        a0 += 2 * ROW_GROUP;
        sum00 = dotAddTwo<T>(b0, d0, x0, y0, sum00);
        sum01 = dotAddTwo<T>(b1, d1, x0, y0, sum01);
        const x1 = loadGroup(a1);
        const y1 = loadGroup(a1, ROW_GROUP);
        a1 += 2 * ROW_GROUP;
        sum10 = dotAddTwo<T>(b0, d0, x1, y1, sum10);
        sum11 = dotAddTwo<T>(b1, d1, x1, y1, sum11);
        const x2 = loadGroup(a2);
        const y2 = loadGroup(a2, ROW_GROUP);
        a2 += 2 * ROW_GROUP;
        sum20 = dotAddTwo<T>(b0, d0, x2, y2, sum20);
        sum21 = dotAddTwo<T>(b1, d1, x2, y2, sum21);
        const x3 = loadGroup(a3);
        const y3 = loadGroup(a3, ROW_GROUP);
        a3 += 2 * ROW_GROUP;
        sum30 = dotAddTwo<T>(b0, d0, x3, y3, sum30);
        sum31 = dotAddTwo<T>(b1, d1, x3, y3, sum31);
      }
      const c0 = c + <usize>row * cStride + start;
      const c1 = c0 + <usize>next1 * cStride;
      const c2 = c0 + <usize>next2 * cStride;
      const c3 = c0 + <usize>next3 * cStride;
      storeLanes(c0, finish(sum00, sums0, facts0, bias0, scales0), count);
      storeLanes(c0 + VECTOR, finish(sum01, sums1, facts0, bias1, scales1), count - 4);
      storeLanes(c1, finish(sum10, sums0, facts1, bias0, scales0), count);
      storeLanes(c1 + VECTOR, finish(sum11, sums1, facts1, bias1, scales1), count - 4);
      storeLanes(c2, finish(sum20, sums0, facts2, bias0, scales0), count);
      storeLanes(c2 + VECTOR, finish(sum21, sums1, facts2, bias1, scales1), count - 4);
      storeLanes(c3, finish(sum30, sums0, facts3, bias0, scales0), count);
      storeLanes(c3 + VECTOR, finish(sum31, sums1, facts3, bias1, scales1), count - 4);
    }
    panel = end;
  }
}

/** Four numbers of a row of the product, of their sums and the sums of the columns. */
function finish(sum: v128, columns: v128, facts: usize, bias: v128, scales: v128): v128 {
  const step = v128.load32_splat(facts);
  const zero = v128.load32_splat(facts, 4);
  const product = f32x4.convert_i32x4_s(i32x4.sub(sum, i32x4.mul(zero, columns)));
  return f32x4.mul(f32x4.add(f32x4.mul(product, step), bias), scales);
}
