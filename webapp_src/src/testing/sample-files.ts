const ROWS: Readonly<Record<string, readonly number[]>> = {
  // The cat and its prompts, then the dog.
  'tiny-zimg.bin': [1, 0, 0, 1],
  'tiny-ztxt.bin': [1, 0, 0.6, 0.8, 0, 1],
};

/** A file of the first model of `makeManifest`, by its address: true rows, else as many bytes. */
export function serveSampleFile(url: string): Response {
  const name = url.replace(/.*\//, '');
  const rows = ROWS[name];
  if (rows) return new Response(Float32Array.from(rows));
  return new Response('x'.repeat({ 'tiny-vocabulary.json': 3, 'tiny-model.json': 2 }[name] ?? 5));
}
