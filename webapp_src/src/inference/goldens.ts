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

/** @throws Error with a sentence if the encoder does not reproduce what the builder computed. */
export async function verifyGoldens(
  encoder: Encoder,
  goldens: readonly GoldenRow[],
): Promise<void> {
  for (const { text, tokens } of goldens) {
    const row = encoder.tokenize(text);
    if (row.length !== tokens.length || tokens.some((id, i) => id !== row[i])) {
      throw new Error(`This browser and the builder split “${text}” into different tokens.`);
    }
  }
  if (goldens.length === 0) return;
  const rows = await encoder.embed(goldens.map((golden) => golden.text));
  goldens.forEach(({ text, embedding }, i) => {
    const row = rows[i];
    // The negation also refuses NaN.
    if (!row || !(cosine(row, embedding) >= MIN_COSINE)) {
      throw new Error(`This browser’s embedding of “${text}” differs from the builder’s.`);
    }
  });
}
