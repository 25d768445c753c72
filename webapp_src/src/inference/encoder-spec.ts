import type { GraphModelRef, Model } from '../generated/manifest';
import type { TokenizerRef } from '../tokenizers/tokenizer';

/** What of the manifest an encoder needs beside its files. */
export interface EncoderSpec {
  readonly tokenizer: TokenizerRef;
  readonly encoder: GraphModelRef;
}

/** @throws Error with a sentence for the visitor where the model has no encoder. */
export function requireEncoder({ name, tokenizer, encoder }: Model): EncoderSpec {
  if (!tokenizer || !encoder) throw new Error(`${name} answers its example prompts only.`);
  return { tokenizer, encoder };
}
