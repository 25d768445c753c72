const ROWS: Readonly<Record<string, readonly number[]>> = {
  // The cat and its prompts, then the dog.
  'zimg.bin': [1, 0, 0, 1],
  'ztxt.bin': [1, 0, 0.6, 0.8, 0, 1],
};
const TEXTS: Readonly<Record<string, string>> = {
  'vocabulary.json': 'voc',
  'model.json': '{}',
  'weights.bin': 'weigh',
};

/** The content of a file of `makeManifest`, by its address: rows, else a text. */
export function sampleFile(url: string): Uint8Array<ArrayBuffer> {
  const name = url.replace(/.*[/-]/, '');
  const rows = ROWS[name];
  if (rows) return new Uint8Array(Float32Array.from(rows).buffer);
  return new TextEncoder().encode(TEXTS[name] ?? name);
}

/** Serves such a file. */
export function serveSampleFile(url: string): Response {
  return new Response(sampleFile(url));
}
