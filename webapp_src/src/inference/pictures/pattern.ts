/** uint8[size, size, 3]: the picture that `builder.conversion.image_encoder.make_pattern` draws. */
export function makePattern(size: number): Uint8Array {
  const pixels = new Uint8Array(size * size * 3);
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      for (let channel = 0; channel < 3; channel++) {
        pixels[at++] = (x * (channel + 3)) ^ (y * (5 - channel));
      }
    }
  }
  return pixels;
}
