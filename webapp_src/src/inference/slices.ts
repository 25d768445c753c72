/** How much the page works on at once: about 5 ms on a phone. */
const SLICE = 256 * 1024;

/** Bytes in slices, between which the page goes on. */
export async function* slices(
  data: Uint8Array<ArrayBuffer>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let start = 0; start < data.length; start += SLICE) {
    if (start > 0) await new Promise((resolve) => setTimeout(resolve));
    yield data.subarray(start, start + SLICE);
  }
}
