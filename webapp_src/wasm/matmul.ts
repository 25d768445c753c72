/**
 * Matrix products on 128-bit vectors, in AssemblyScript; see compile.mjs. Pointers and strides are in
 * bytes, numbers are float32.
 */

import { clamp, loadLanes, multiplyAdd, storeLanes, VECTOR } from './lanes';

// A tile of the product is 4 rows by 8 columns: its 8 vectors, 2 of the panel and 1 of `a` fit the 16
// registers of x86-64, and each number loaded is used 4 or 8 times.
const ROWS = 4;
const COLUMNS = 8;
const PANEL_ROW: usize = 32;

/**
 * Copies `b[k, n]` to `packed`, panels of 8 columns, each with its k rows one after the other; the last
 * panel is filled up with zeros. So the product reads it from front to end, whatever its strides were.
 */
export function pack(
  b: usize,
  packed: usize,
  k: i32,
  n: i32,
  rowStride: usize,
  columnStride: usize,
): void {
  for (let column = 0; column < n; column += COLUMNS) {
    const count = min(n - column, COLUMNS);
    let row = b + <usize>column * columnStride;
    for (let i = 0; i < k; i++) {
      let from = row;
      for (let j = 0; j < COLUMNS; j++) {
        f32.store(packed, j < count ? f32.load(from) : 0);
        from += columnStride;
        packed += sizeof<f32>();
      }
      row += rowStride;
    }
  }
}

/**
 * Writes `clamp(a[m, k] b[k, n] + bias[n], low, high)` to `c[m, n]`, with `b` as `pack` left it. A
 * `bias` of 0 is none.
 */
export function multiply(
  a: usize,
  packed: usize,
  bias: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  rowStride: usize,
  columnStride: usize,
  low: f32,
  high: f32,
): void {
  const cStride = <usize>n * sizeof<f32>();
  const tiles = <usize>max((m + ROWS - 1) / ROWS, 1);
  const step = PANEL_ROW / tiles;
  const zero = f32x4.splat(0);
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  for (let column = 0; column < n; column += COLUMNS) {
    const count = n - column;
    const start = <usize>column * sizeof<f32>();
    const bias0 = bias ? loadLanes(bias + start, count) : zero;
    const bias1 = bias ? loadLanes(bias + start + VECTOR, count - 4) : zero;
    const end = packed + <usize>k * PANEL_ROW;
    // Weights come from afar: while this panel is used, `step` by `step`, the next one is touched.
    let ahead = count > COLUMNS ? end : packed;
    let touched = zero;
    for (let row = 0; row < m; row += ROWS) {
      // Rows below the last one repeat it: they compute and write the same numbers again.
      let a0 = a + <usize>row * rowStride;
      let a1 = row + 1 < m ? a0 + rowStride : a0;
      let a2 = row + 2 < m ? a1 + rowStride : a1;
      let a3 = row + 3 < m ? a2 + rowStride : a2;
      const c0 = c + <usize>row * cStride + start;
      const c1 = row + 1 < m ? c0 + cStride : c0;
      const c2 = row + 2 < m ? c1 + cStride : c1;
      const c3 = row + 3 < m ? c2 + cStride : c2;

      let sum00 = bias0;
      let sum01 = bias1;
      let sum10 = bias0;
      let sum11 = bias1;
      let sum20 = bias0;
      let sum21 = bias1;
      let sum30 = bias0;
      let sum31 = bias1;
      let panel = packed;
      while (panel < end) {
        touched = v128.load(ahead);
        ahead += step;
        const b0 = v128.load(panel);
        const b1 = v128.load(panel, VECTOR);
        panel += PANEL_ROW;
        const x0 = v128.load32_splat(a0);
        a0 += columnStride;
        sum00 = multiplyAdd(x0, b0, sum00);
        sum01 = multiplyAdd(x0, b1, sum01);
        const x1 = v128.load32_splat(a1);
        a1 += columnStride;
        sum10 = multiplyAdd(x1, b0, sum10);
        sum11 = multiplyAdd(x1, b1, sum11);
        const x2 = v128.load32_splat(a2);
        a2 += columnStride;
        sum20 = multiplyAdd(x2, b0, sum20);
        sum21 = multiplyAdd(x2, b1, sum21);
        const x3 = v128.load32_splat(a3);
        a3 += columnStride;
        sum30 = multiplyAdd(x3, b0, sum30);
        sum31 = multiplyAdd(x3, b1, sum31);
      }
      storeRow(c0, clamp(sum00, lows, highs), clamp(sum01, lows, highs), count);
      storeRow(c1, clamp(sum10, lows, highs), clamp(sum11, lows, highs), count);
      storeRow(c2, clamp(sum20, lows, highs), clamp(sum21, lows, highs), count);
      storeRow(c3, clamp(sum30, lows, highs), clamp(sum31, lows, highs), count);
    }
    // Never so, but without any use the compiler would leave out the touching.
    if (k < 0) v128.store(c, touched);
    packed = end;
  }
}

function storeRow(to: usize, left: v128, right: v128, count: i32): void {
  storeLanes(to, left, count);
  storeLanes(to + VECTOR, right, count - 4);
}
