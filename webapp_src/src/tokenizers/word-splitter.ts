import type { BertCharacters } from '../generated/manifest';

/** Splits a text into words and signs as BERT does, in lower case and without accents. */
export class WordSplitter {
  private readonly removed: RegExp;
  private readonly spaces: RegExp;
  private readonly spaced: RegExp;
  private readonly normalized: RegExp;
  private readonly stripped: RegExp;
  private readonly capitals: RegExp;
  private readonly words: RegExp;

  constructor(private readonly characters: BertCharacters) {
    const capitals = Object.keys(characters.lower).map((letter) => letter.codePointAt(0) ?? 0);
    const signs = listSpans(characters.signs);
    this.removed = anyOf(listSpans(characters.removed));
    this.spaces = anyOf(listSpans(characters.spaces));
    this.spaced = anyOf(listSpans(characters.spaced));
    this.normalized = new RegExp(`[${listSpans(characters.normalized)}]+`, 'gu');
    this.stripped = anyOf(listSpans(characters.stripped));
    this.capitals = anyOf(listSpans(capitals.flatMap((code) => [code, code])));
    this.words = new RegExp(`[${signs}]|[^ ${signs}]+`, 'gu');
  }

  split(text: string): string[] {
    const clean = text
      .replace(this.removed, '')
      .replace(this.spaces, ' ')
      .replace(this.spaced, ' $& ')
      .replace(this.normalized, (run) => run.normalize('NFD'))
      .replace(this.stripped, '')
      .replace(this.capitals, (letter) => this.characters.lower[letter] ?? letter);
    return clean.match(this.words) ?? [];
  }
}

function anyOf(spans: string): RegExp {
  return new RegExp(`[${spans}]`, 'gu');
}

/** Spans of code points, given as alternating first and last, for a character class. */
function listSpans(codes: readonly number[]): string {
  return codes
    .map((code, index) => `${index % 2 === 0 ? '' : '-'}\\u{${code.toString(16)}}`)
    .join('');
}
