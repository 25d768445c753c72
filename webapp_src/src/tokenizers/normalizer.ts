import { decodeBase64 } from '../base64';
import type { SentencePieceModel } from '../generated/manifest';
import { Charsmap } from './charsmap';
import { characterLength, PrefixMatcher } from './prefix-matcher';

/** What SentencePiece writes for a space: U+2581, lower one eighth block. */
const SPACE_SYMBOL = '\u2581';

/**
 * Normalizes text as sentencepiece's `normalizer.cc` does: user-defined pieces pass untouched, the
 * longest rule of the charsmap is applied at each place, then spaces are collapsed and escaped.
 */
export class Normalizer {
  private readonly charsmap: Charsmap | undefined;

  constructor(
    private readonly model: SentencePieceModel,
    private readonly userDefined: PrefixMatcher,
  ) {
    const blob = model.precompiledCharsmap;
    this.charsmap = blob ? new Charsmap(decodeBase64(blob)) : undefined;
  }

  normalize(text: string): string {
    const { addDummyPrefix, escapeWhitespaces, removeExtraWhitespaces } = this.model;
    const space = escapeWhitespaces ? SPACE_SYMBOL : ' ';
    const parts = this.rewrite(text);
    let first = 0;
    if (removeExtraWhitespaces) while (parts[first] === ' ') first += 1;
    if (first === parts.length) return '';

    let normalized = addDummyPrefix ? space : '';
    let afterSpace = removeExtraWhitespaces;
    for (let part of parts.slice(first)) {
      if (afterSpace) part = part.replace(/^ +/, '');
      if (part !== '') {
        normalized += part.replaceAll(' ', space);
        afterSpace = removeExtraWhitespaces && part.endsWith(' ');
      }
    }
    if (removeExtraWhitespaces)
      while (normalized.endsWith(space)) normalized = normalized.slice(0, -1);
    return normalized;
  }

  /** Splits a text into the pieces that rules apply to, and applies them. */
  private rewrite(text: string): string[] {
    // Rules match bytes; encoding also turns each lone surrogate into U+FFFD.
    const bytes = new TextEncoder().encode(text);
    const wellFormed = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const parts: string[] = [];
    let unit = 0;
    let byte = 0;
    while (unit < wellFormed.length) {
      const kept = this.userDefined.match(wellFormed, unit);
      const rule = kept > 0 ? undefined : this.charsmap?.rewritePrefix(bytes, byte);
      if (rule) {
        parts.push(rule.replacement);
        const end = byte + rule.length;
        while (byte < end) {
          byte += utf8Length(wellFormed.codePointAt(unit) ?? 0);
          unit += characterLength(wellFormed, unit);
        }
      } else {
        const part = wellFormed.slice(unit, unit + (kept || characterLength(wellFormed, unit)));
        parts.push(part);
        unit += part.length;
        for (const character of part) byte += utf8Length(character.codePointAt(0) ?? 0);
      }
    }
    return parts;
  }
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
