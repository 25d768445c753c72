import type { FileRef, Model } from '../generated/manifest';
import { downloadFile } from './download';
import { retryDownload } from './retry';

/** The content of an encoder's files, as a worker is given them. */
export interface EncoderFiles {
  readonly vocabulary: ArrayBuffer;
  readonly model: ArrayBuffer;
  readonly weights: readonly ArrayBuffer[];
}

export interface LoadProgress {
  readonly loaded: number;
  readonly total: number;
  readonly attempt: number;
}

/** How many bytes a visitor downloads before a model can encode text: none where it never can. */
export function encoderBytes(model: Model): number {
  return listFiles(model).reduce((sum, file) => sum + file.bytes, 0);
}

/** Downloads an encoder's files side by side; where one cannot be had, the others are given up. */
export async function loadEncoderFiles(
  model: Model,
  signal: AbortSignal,
  onProgress: (progress: LoadProgress) => void,
): Promise<EncoderFiles> {
  const files = listFiles(model);
  const common = new AbortController();
  const abort = (): void => {
    common.abort(signal.reason);
  };
  signal.addEventListener('abort', abort);
  const total = encoderBytes(model);
  const received = files.map(() => 0);
  const contents: ArrayBuffer[] = [];
  let attempt = 1;
  const report = (): void => {
    onProgress({ loaded: received.reduce((sum, bytes) => sum + bytes, 0), total, attempt });
  };
  report();
  const load = async (file: FileRef, index: number): Promise<void> => {
    contents[index] = await retryDownload((count) => {
      received[index] = 0;
      attempt = Math.max(attempt, count);
      report();
      const onBytes = (bytes: number): void => {
        received[index] = (received[index] ?? 0) + bytes;
        report();
      };
      return downloadFile(file, { signal: common.signal, onBytes, fresh: count > 1 });
    }, common.signal);
  };
  try {
    await Promise.all(files.map(load));
  } finally {
    signal.removeEventListener('abort', abort);
    common.abort();
  }
  const [vocabulary, graph, ...weights] = contents as [ArrayBuffer, ArrayBuffer, ...ArrayBuffer[]];
  return { vocabulary, model: graph, weights };
}

function listFiles(model: Model): FileRef[] {
  const { tokenizer, encoder } = model;
  return tokenizer && encoder ? [tokenizer.file, encoder.model, ...encoder.weights] : [];
}
