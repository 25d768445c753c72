"""Products in integers, with relaxed SIMD and without, in Chromium; Node 20 has only one."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

BINARIES = (
    Path(__file__).parents[2] / "webapp_src/src/inference/kernels/generated/binaries.ts"
).read_text(encoding="utf-8")

MULTIPLY = """
async ([binary, isArm, m, k, n]) => {
  const memory = new WebAssembly.Memory({ initial: 64 });
  const bytes = Uint8Array.from(atob(binary), (c) => c.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory }, dot: { isArm } });
  const { quantize, packInt8, multiplyInt8 } = instance.exports;
  const [rows, bias, scales, rounded] = [65536, 131072, 196608, 262144];
  const [packed, out, codes] = [524288, 1048576, 2097152];
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const fill = (at, count, next, Numbers = Float32Array) => {
    const numbers = new Numbers(memory.buffer, at, count);
    for (let i = 0; i < count; i++) numbers[i] = next();
  };
  fill(rows, m * k, random);
  // The ends of the range, side by side, where sums of pairs in 16 bits would go over.
  const end = () => (random() > 0 ? 127 : random() > 0 ? -128 : Math.round(127 * random()));
  fill(codes, k * n, end, Int8Array);
  fill(bias, n, random);
  fill(scales, n, random);
  quantize(rows, rounded, m, k);
  packInt8(codes, packed, k, n);
  multiplyInt8(rounded, packed, bias, scales, out, m);
  return [...new Float32Array(memory.buffer, out, m * n)];
}
"""


@pytest.mark.parametrize(
    ("m", "k", "n"), [(1, 1, 1), (1, 768, 8), (5, 64, 24), (16, 191, 9), (4, 768, 192)]
)
def test_all_ways_give_the_same_numbers(browser: Browser, m: int, k: int, n: int):
    page = browser.new_page()
    plain, plain_on_arm, relaxed = (
        page.evaluate(MULTIPLY, [find_binary(variant), is_arm, m, k, n])
        for variant, is_arm in (("SIMD", 0), ("SIMD", 1), ("RELAXED_SIMD", 0))
    )
    page.close()
    assert plain == plain_on_arm == relaxed
    assert len({*plain}) > m * n // 2


def find_binary(variant: str) -> str:
    match = re.search(rf"export const {variant} =\s*'([^']+)'", BINARIES)
    assert match
    return match[1]
