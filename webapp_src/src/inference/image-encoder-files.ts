import type { CompressibleRef, ImageEncoder, Model } from '../generated/manifest';
import { EmbeddingMatrix } from './embedding-matrix';
import { loadFiles, sumBytes, type LoadProgress } from './site-files';

/** The content of an image encoder's files, decompressed, as a worker is given them. */
export interface ImageEncoderFiles {
  readonly model: ArrayBuffer;
  readonly weights: readonly ArrayBuffer[];
  /** The row of the pattern, float32[dim], as the builder computed it. */
  readonly golden: Float32Array;
}

/** How many bytes a visitor downloads before a model can use a picture of theirs. */
export function imageEncoderBytes({ imageEncoder }: Model): number {
  return imageEncoder ? sumBytes(listFiles(imageEncoder)) : 0;
}

/** Downloads an image encoder's files in parallel; if one fails, the others are cancelled. */
export async function loadImageEncoderFiles(
  encoder: ImageEncoder,
  signal: AbortSignal,
  onProgress: (progress: LoadProgress) => void,
): Promise<ImageEncoderFiles> {
  const contents = await loadFiles(listFiles(encoder), signal, onProgress);
  const [matrix, model, ...weights] = contents as [ArrayBuffer, ArrayBuffer, ...ArrayBuffer[]];
  const golden = new EmbeddingMatrix(encoder.golden, matrix).row(encoder.golden.rows[0] ?? '');
  if (!golden) throw new Error('The image encoder comes without its golden row.');
  return { model, weights, golden };
}

function listFiles({ graph, golden }: ImageEncoder): CompressibleRef[] {
  return [golden, graph.model, ...graph.weights];
}
