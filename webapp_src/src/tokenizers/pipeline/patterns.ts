import type { PipelineModel } from '../../generated/manifest';

export type Classes = PipelineModel['classes'];

/**
 * A pattern of a site's tokenizer as an expression for all its matches. Classes of characters are
 * listed in the site, since a browser's `\p{L}` depends on its version of Unicode.
 */
export function compilePattern(pattern: string, classes: Classes): RegExp {
  const source = pattern.replace(/\\p\{(\w+)\}/g, (_, name: string) => listSpans(classes[name]));
  return new RegExp(source, 'gu');
}

/** An expression for each of the characters, or with a sign of repetition for runs of them. */
export function matchAny(spans: readonly number[], repetition = ''): RegExp {
  return new RegExp(`[${listSpans(spans)}]${repetition}`, 'gu');
}

/** Spans of code points, given as alternating first and last, for a character class. */
function listSpans(codes: readonly number[] = []): string {
  return codes
    .map((code, index) => `${index % 2 === 0 ? '' : '-'}\\u{${code.toString(16)}}`)
    .join('');
}
