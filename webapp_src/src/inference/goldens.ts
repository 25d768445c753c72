import type { Golden } from '../generated/manifest';
import { cosine } from './scoring';

/** How close an embedding must be to the builder's: float16 weights and GPUs stay above this. */
const MIN_COSINE = 0.999;

/** A golden with its row of the prompt embeddings. */
export interface GoldenRow extends Golden {
  readonly embedding: Float32Array;
}

/** What is checked; PromptEncoder is one. */
export interface Encoder {
  tokenize(text: string): Int32Array;
  embed(texts: readonly string[]): Promise<Float32Array[]>;
}

/**
 * Checks an encoder.
 *
 * @returns How far its rows are from the builder's at most: 1 less the smallest cosine.
 * @throws Error with a sentence if the encoder does not reproduce what the builder computed.
 */
export async function verifyGoldens(
  encoder: Encoder,
  goldens: readonly GoldenRow[],
): Promise<number> {
  for (const { text, tokens } of goldens) {
    const row = encoder.tokenize(text);
    if (row.length !== tokens.length || tokens.some((id, i) => id !== row[i])) {
      throw new Error(`This browser and the builder split “${text}” into different tokens.`);
    }
  }
  if (goldens.length === 0) return 0;
  const rows = await encoder.embed(goldens.map((golden) => golden.text));
  const cosines = goldens.map(({ text, embedding }, i) => {
    const row = rows[i];
    const similarity = row ? cosine(row, embedding) : NaN;
    // The negation also refuses NaN.
    if (!(similarity >= MIN_COSINE)) {
      throw new Error(`This browser’s embedding of “${text}” differs from the builder’s.`);
    }
    return similarity;
  });
  return Math.max(0, 1 - Math.min(...cosines));
}
