import type { ImageEncoder } from '../generated/manifest';
import { fileRef } from './sample-manifest';

/** An image encoder whose files are named after it; its golden is the row (1, 0). */
export function makeImageEncoder(name = 'pictures'): ImageEncoder {
  const golden = new Uint8Array(Float32Array.of(1, 0).buffer);
  return {
    graph: {
      model: fileRef(`${name}.json`, `${name} graph`),
      weights: [fileRef(`${name}.bin`, `${name} weights`)],
      input: 'pixels',
      output: 'embeddings',
    },
    preparation: { size: 8, resize: 'bicubic', fit: 'crop', library: null, edge: null },
    golden: {
      ...fileRef(`${name}-golden.bin`, golden),
      dtype: 'float32',
      shape: [1, 2],
      scale: 1,
      rows: ['pattern'],
    },
  };
}
