import type { AddedToken } from '../../generated/manifest';
import { PrefixMatcher } from '../prefix-matcher';
import { matchAny } from './patterns';

/** A part of a text: what is between added tokens, or the id of one. */
export type Section = { readonly text: string; readonly atStart: boolean } | number;

/** Cuts added tokens out of a text, the longest of those that begin in a place. */
export class TokenCutter {
  private readonly tokens: ReadonlyMap<string, AddedToken>;
  private readonly matcher: PrefixMatcher;
  private readonly spacesBefore: RegExp;
  private readonly spacesAfter: RegExp;

  /** @param spaces - What tokens that strip take away beside them, as spans of code points. */
  constructor(tokens: readonly AddedToken[], spaces: readonly number[]) {
    this.tokens = new Map(tokens.map((token) => [token.content, token]));
    this.matcher = new PrefixMatcher(new Set(this.tokens.keys()));
    const space = matchAny(spaces).source;
    this.spacesBefore = new RegExp(`${space}*$`, 'u');
    this.spacesAfter = new RegExp(`^${space}*`, 'u');
  }

  cut(text: string, atStart: boolean): Section[] {
    if (this.tokens.size === 0) return text === '' ? [] : [{ text, atStart }];
    const sections: Section[] = [];
    let done = 0;
    const push = (end: number): void => {
      if (done < end)
        sections.push({ text: text.slice(done, end), atStart: atStart && done === 0 });
    };
    for (let place = 0; place < text.length;) {
      const length = this.matcher.match(text, place);
      const token = length > 0 && this.tokens.get(text.slice(place, place + length));
      if (!token) {
        place += 1;
        continue;
      }
      let [start, stop] = [place, place + length];
      if (token.leftStrip) start = Math.max(done, this.startOfSpaces(text, start));
      if (token.rightStrip) stop += this.spacesAfter.exec(text.slice(stop))?.[0].length ?? 0;
      push(start);
      sections.push(token.id);
      done = stop;
      place += length;
    }
    push(text.length);
    return sections;
  }

  private startOfSpaces(text: string, end: number): number {
    return end - (this.spacesBefore.exec(text.slice(0, end))?.[0].length ?? 0);
  }
}
