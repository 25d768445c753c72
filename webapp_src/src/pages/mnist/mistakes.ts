import { decodeBase64 } from '../../base64';
import type { FileRef } from '../../generated/manifest';
import { loadFiles } from '../../inference/site-files';
import { SIZE } from './raster';

/** A digit of the test set, what it is and what the network took it for. */
export interface Mistake {
  readonly label: number;
  readonly guess: number;
  /** Ink from 0 to 1, in rows. */
  readonly image: Float32Array;
}

/** How well the network did on the digits it was tested on. */
export interface TestResult {
  readonly tested: number;
  readonly accuracy: number;
  /** The ones it was surest of first; not necessarily all. */
  readonly mistakes: readonly Mistake[];
}

/** Loads what `train.py` wrote about its mistakes. */
export async function loadMistakes(file: FileRef): Promise<TestResult> {
  const [content] = await loadFiles([file], new AbortController().signal, () => undefined);
  return parseMistakes(new TextDecoder().decode(content));
}

export function parseMistakes(text: string): TestResult {
  const written = JSON.parse(text) as {
    tested: number;
    accuracy: number;
    mistakes: { label: number; guess: number; pixels: string }[];
  };
  const mistakes = written.mistakes.map(({ label, guess, pixels }) => {
    const image = Float32Array.from(decodeBase64(pixels), (byte) => byte / 255);
    if (image.length !== SIZE * SIZE)
      throw new Error('A digit in the list of mistakes is damaged.');
    return { label, guess, image };
  });
  return { ...written, mistakes };
}
