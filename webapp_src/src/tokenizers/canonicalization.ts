import type { SentencePieceRef } from '../generated/manifest';

/** The same for each kind of tokenizer. */
type Step = SentencePieceRef['canonicalization'][number];

/** Spans from capital to capital of Unicode 14 that hold no unassigned code point. */
const CAPITALS = new RegExp(
  [
    '[',
    'A-\u0376\u037f\u0386-\u038a\u038c\u038e-\u03a1\u03a3-\u052e\u0531-\u0556\u10a0-\u10c5',
    '\u10c7\u10cd\u13a0-\u13f5\u1c90-\u1cba\u1cbd-\u1cbf\u1e00-\u1f0f\u1f18-\u1f1d',
    '\u1f28-\u1f3f\u1f48-\u1f4d\u1f59\u1f5b\u1f5d\u1f5f-\u1f6f\u1f88-\u1faf\u1fb8-\u1fbc',
    '\u1fc8-\u1fcc\u1fd8-\u1fdb\u1fe8-\u1fec\u1ff8-\u1ffc\u2126-\u2183\u24b6-\u24cf',
    '\u2c00-\u2cf2\ua640-\ua69a\ua722-\ua7c9\ua7d0\ua7d6-\ua7d8\ua7f5\uff21-\uff3a',
    '\u{10400}-\u{10427}\u{104b0}-\u{104d3}\u{10570}-\u{1057a}\u{1057c}-\u{1058a}',
    '\u{1058c}-\u{10592}\u{10594}-\u{10595}\u{10c80}-\u{10cb2}\u{118a0}-\u{118bf}',
    '\u{16e40}-\u{16e5f}\u{1e900}-\u{1e921}',
    ']',
  ].join(''),
  'gu',
);

/** What Python calls space; JavaScript's \s is a different set. */
const SPACES = new RegExp(
  [
    '[',
    '\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000',
    ']+',
  ].join(''),
  'g',
);

const STEPS: Readonly<Record<Step, (text: string) => string>> = {
  'lower-ascii': (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
  lower: (text) => text.replace(CAPITALS, (letter) => letter.toLowerCase()),
  'strip-punctuation': (text) => text.replaceAll('_', ' ').replace(/[!-/:-@[-`{-~]/g, ''),
  'collapse-spaces': (text) => text.replace(SPACES, ' ').replace(/^ | $/g, ''),
};

/** Canonicalizes a text as `builder/text/canonicalization.py` does, which defines the steps. */
export function canonicalize(text: string, steps: readonly Step[]): string {
  return steps.reduce((before, step) => STEPS[step](before), replaceLoneSurrogates(text));
}

/** Half of a surrogate pair becomes U+FFFD, as in UTF-8. */
function replaceLoneSurrogates(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
