import type { GraphModelRef, Model } from '../generated/manifest';
import type { TokenizerRef } from '../tokenizers/tokenizer';

/** The parts of the manifest that an encoder needs besides its files. */
export interface EncoderSpec {
  readonly tokenizer: TokenizerRef;
  readonly encoder: GraphModelRef;
}

/** @throws Error with a sentence for the visitor if the model has no encoder. */
export function requireEncoder({ name, tokenizer, encoder }: Model): EncoderSpec {
  if (!tokenizer || !encoder) throw new Error(`${name} answers its example prompts only.`);
  return { tokenizer, encoder };
}
