import { decodeBase64 } from '../../base64';
import type { CharsmapStep } from '../../generated/manifest';
import { Charsmap } from '../charsmap';
import { matchAny } from './patterns';

/** Clusters of so many bytes or more are taken character by character. */
const LONG = 6;

const JOINER = '\u200d';
const PICTURE = /\p{Extended_Pictographic}/u;
// Hangul's leading consonants, vowels and trailing consonants; none was added since 2009.
const LEADING = /[\u1100-\u115f\ua960-\ua97c]/;
const VOWEL = /[\u1160-\u11a7\ud7b0-\ud7c6]/;
const TRAILING = /[\u11a8-\u11ff\ud7cb-\ud7fb]/;
const SYLLABLE = /[\uac00-\ud7a3]/;

/**
 * Applies a charsmap as Hugging Face's `tokenizers` does: a short grapheme cluster becomes what its
 * shortest known beginning stands for, whatever follows; else each character does by itself.
 */
export class ClusterRewriter {
  private readonly charsmap: Charsmap;
  private readonly joining: RegExp;
  private readonly prepending: RegExp;
  private readonly controls: RegExp;
  private readonly encoder = new TextEncoder();

  constructor(step: CharsmapStep) {
    this.charsmap = new Charsmap(decodeBase64(step.precompiledCharsmap));
    this.joining = new RegExp(matchAny(step.joining).source, 'u');
    this.prepending = new RegExp(matchAny(step.prepending).source, 'u');
    this.controls = new RegExp(matchAny(step.controls).source, 'u');
  }

  rewrite(text: string): string {
    return this.clusters(text)
      .map((cluster) => this.rewriteCluster(cluster))
      .join('');
  }

  private rewriteCluster(cluster: string): string {
    const bytes = this.encoder.encode(cluster);
    const whole = bytes.length < LONG ? this.charsmap.shortestRule(bytes) : undefined;
    if (whole !== undefined) return whole;
    return Array.from(
      cluster,
      (char) => this.charsmap.shortestRule(this.encoder.encode(char)) ?? char,
    ).join('');
  }

  private clusters(text: string): string[] {
    const clusters: string[] = [];
    let previous = '';
    let picture = false; // whether the cluster is a picture that marks and a joiner may follow
    for (const char of text) {
      const isPicture = PICTURE.test(char);
      const joins: boolean =
        previous !== '' &&
        (this.joins(previous, char) || (picture && previous === JOINER && isPicture));
      if (joins) clusters.push((clusters.pop() ?? '') + char);
      else clusters.push(char);
      picture = isPicture || (picture && joins);
      previous = char;
    }
    return clusters;
  }

  private joins(previous: string, char: string): boolean {
    if (previous === '\r' && char === '\n') return true;
    if (this.controls.test(previous) || this.controls.test(char)) return false;
    if (this.joining.test(char) || this.prepending.test(previous)) return true;
    if (LEADING.test(previous))
      return LEADING.test(char) || VOWEL.test(char) || SYLLABLE.test(char);
    if (TRAILING.test(char))
      return VOWEL.test(previous) || TRAILING.test(previous) || SYLLABLE.test(previous);
    return VOWEL.test(char) && (VOWEL.test(previous) || isOpen(previous));
  }
}

/** Whether a syllable of Hangul has no trailing consonant. */
function isOpen(char: string): boolean {
  return SYLLABLE.test(char) && ((char.codePointAt(0) ?? 0) - 0xac00) % 28 === 0;
}
