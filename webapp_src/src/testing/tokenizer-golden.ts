import { readFile } from 'node:fs/promises';

/** A small vocabulary in the manifest's form, and the ids that Python gives for some texts. */
export interface TokenizerGolden<Model> {
  readonly model: Model;
  readonly cases: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

/** Reads `tests/golden/tokenizer_NAME.json`, which make_tokenizer_golden.py there writes. */
export async function readTokenizerGolden<Model>(name: string): Promise<TokenizerGolden<Model>> {
  const url = new URL(`../../../tests/golden/tokenizer_${name}.json`, import.meta.url);
  return JSON.parse(await readFile(url, 'utf8')) as TokenizerGolden<Model>;
}
