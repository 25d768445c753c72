/**
 * What lies between the matrix products of a transformer, each in one pass over its numbers. Pointers
 * are in bytes, numbers are float32.
 */
import { clamp, LANES, loadLanes, multiplyAdd, storeLanes, VECTOR } from './lanes';

/** Writes each row `x[columns]` to `y`, divided by the root of its mean square plus `epsilon`. */
export function normalize(x: usize, y: usize, rows: i32, columns: i32, epsilon: f32): void {
  const bytes = <usize>columns * sizeof<f32>();
  for (let row = 0; row < rows; row++) {
    let sum = f32x4.splat(0);
    for (let i = 0; i < columns; i += LANES) {
      const numbers = loadLanes(x + <usize>i * sizeof<f32>(), columns - i);
      sum = multiplyAdd(numbers, numbers, sum);
    }
    const factor = f32x4.splat(1 / sqrt(sumLanes(sum) / <f32>columns + epsilon));
    for (let i = 0; i < columns; i += LANES) {
      const at = <usize>i * sizeof<f32>();
      storeLanes(y + at, f32x4.mul(loadLanes(x + at, columns - i), factor), columns - i);
    }
    x += bytes;
    y += bytes;
  }
}

/** Writes `x sigmoid(x (cubic x² + linear))` for each of `count` numbers to `y`. */
export function gate(x: usize, y: usize, count: i32, cubic: f32, linear: f32): void {
  const cubics = f32x4.splat(-cubic);
  const linears = f32x4.splat(-linear);
  const one = f32x4.splat(1);
  for (let i = 0; i < count; i += LANES) {
    const numbers = loadLanes(x, count - i);
    const slope = multiplyAdd(f32x4.mul(numbers, numbers), cubics, linears);
    const power = exp(f32x4.mul(numbers, slope));
    storeLanes(y, f32x4.div(numbers, f32x4.add(one, power)), count - i);
    x += VECTOR;
    y += VECTOR;
  }
}

function sumLanes(x: v128): f32 {
  const low = f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1);
  return low + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/**
 * e to the power of x within 87 of 0, else of the nearest of these: of 2^n and a polynomial in what
 * remains, as Moshier's Cephes library computes expf.
 */
function exp(x: v128): v128 {
  x = clamp(x, f32x4.splat(-87), f32x4.splat(87));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  // The logarithm of 2 in two parts, the first of so few bits that its product with n is exact.
  const left = multiplyAdd(n, f32x4.splat(-0.693359375), x);
  const rest = multiplyAdd(n, f32x4.splat(2.1219444e-4), left);
  let sum = f32x4.splat(1.98756915e-4);
  sum = multiplyAdd(sum, rest, f32x4.splat(1.3981999507e-3));
  sum = multiplyAdd(sum, rest, f32x4.splat(8.3334519073e-3));
  sum = multiplyAdd(sum, rest, f32x4.splat(4.1665795894e-2));
  sum = multiplyAdd(sum, rest, f32x4.splat(1.6666665459e-1));
  sum = multiplyAdd(sum, rest, f32x4.splat(5.0000001201e-1));
  sum = multiplyAdd(f32x4.mul(rest, rest), sum, f32x4.add(rest, f32x4.splat(1)));
  const exponent = i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127));
  return f32x4.mul(sum, i32x4.shl(exponent, 23));
}
