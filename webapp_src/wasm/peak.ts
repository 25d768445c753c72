/** What this machine can do at most, for `make bench`: multiply and add, and read memory. */
import { dotAdd, SUMS_IN_I16 } from './dot';
import { multiplyAdd, VECTOR } from './lanes';

/** Bytes that `read` reads before it looks whether it has all. */
const STEP: usize = 8 * VECTOR;

/** Multiplies and adds `8 * steps` vectors, eight sums at a time; a sum waits for itself only. */
export function multiplyAdds(steps: i32, at: usize): void {
  const x = v128.load(at);
  const y = v128.load(at, VECTOR);
  let a = x;
  let b = x;
  let c = x;
  let d = x;
  let e = x;
  let f = x;
  let g = x;
  let h = x;
  for (let i = 0; i < steps; i++) {
    a = multiplyAdd(x, y, a);
    b = multiplyAdd(x, y, b);
    c = multiplyAdd(x, y, c);
    d = multiplyAdd(x, y, d);
    e = multiplyAdd(x, y, e);
    f = multiplyAdd(x, y, f);
    g = multiplyAdd(x, y, g);
    h = multiplyAdd(x, y, h);
  }
  const left = v128.or(v128.or(a, b), v128.or(c, d));
  v128.store(at, v128.or(left, v128.or(v128.or(e, f), v128.or(g, h))));
}

/**
 * Multiplies and adds `8 * steps` vectors of 16 bytes with others of seven bits, in the faster of both
 * ways. One operand changes, since the compiler would compute products of the same only once.
 */
export function integerMultiplyAdds(steps: i32, at: usize): void {
  if (SUMS_IN_I16) addDots<i16>(steps, at);
  else addDots<i32>(steps, at);
}

function addDots<T>(steps: i32, at: usize): void {
  const x0 = v128.load(at);
  const x1 = v128.load(at, VECTOR);
  const x2 = v128.load(at, 2 * VECTOR);
  const x3 = v128.load(at, 3 * VECTOR);
  let y = v128.load(at, 4 * VECTOR);
  let a = i32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  let f = a;
  let g = a;
  let h = a;
  for (let i = 0; i < steps; i++) {
    const z = v128.and(y, x0);
    a = dotAdd<T>(x0, y, a);
    b = dotAdd<T>(x1, y, b);
    c = dotAdd<T>(x2, y, c);
    d = dotAdd<T>(x3, y, d);
    e = dotAdd<T>(x0, z, e);
    f = dotAdd<T>(x1, z, f);
    g = dotAdd<T>(x2, z, g);
    h = dotAdd<T>(x3, z, h);
    y = v128.xor(z, x1);
  }
  const left = v128.or(v128.or(a, b), v128.or(c, d));
  v128.store(at, v128.or(left, v128.or(v128.or(e, f), v128.or(g, h))));
}

/** Reads `bytes`, a multiple of 128, from `from` on, and writes what depends on all to `at`. */
export function read(from: usize, bytes: usize, at: usize): void {
  const end = from + bytes;
  let a = v128.load(at);
  let b = a;
  while (from < end) {
    a = v128.or(a, v128.or(v128.load(from), v128.load(from, 16)));
    b = v128.or(b, v128.or(v128.load(from, 32), v128.load(from, 48)));
    a = v128.or(a, v128.or(v128.load(from, 64), v128.load(from, 80)));
    b = v128.or(b, v128.or(v128.load(from, 96), v128.load(from, 112)));
    from += STEP;
  }
  v128.store(at, v128.or(a, b));
}
