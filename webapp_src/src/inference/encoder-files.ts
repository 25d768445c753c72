import type { CompressibleRef, Model } from '../generated/manifest';
import { loadFiles, sumBytes, type LoadProgress } from './site-files';

export type { LoadProgress };

/** The content of an encoder's files, decompressed, as a worker is given them. */
export interface EncoderFiles {
  readonly vocabulary: ArrayBuffer;
  readonly model: ArrayBuffer;
  readonly weights: readonly ArrayBuffer[];
}

/** How many bytes a visitor downloads before a model can encode text; 0 if it has no encoder. */
export function encoderBytes(model: Model): number {
  return sumBytes(listFiles(model));
}

/** Downloads an encoder's files in parallel; if one fails, the others are cancelled. */
export async function loadEncoderFiles(
  model: Model,
  signal: AbortSignal,
  onProgress: (progress: LoadProgress) => void,
): Promise<EncoderFiles> {
  const contents = await loadFiles(listFiles(model), signal, onProgress);
  const [vocabulary, graph, ...weights] = contents as [ArrayBuffer, ArrayBuffer, ...ArrayBuffer[]];
  return { vocabulary, model: graph, weights };
}

function listFiles(model: Model): CompressibleRef[] {
  const { tokenizer, encoder } = model;
  return tokenizer && encoder ? [tokenizer.file, encoder.model, ...encoder.weights] : [];
}
