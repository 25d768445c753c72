import type { PipelineModel, SplitStep } from '../../generated/manifest';
import { compilePattern, type Classes } from './patterns';
import { compileReplace } from './text-steps';

export type WordStep = PipelineModel['preTokenizer'][number];

/** Splits words further, or changes them; `atStart` if the first is what the whole text begins with. */
export type WordRewrite = (words: readonly string[], atStart: boolean) => string[];

/** All steps of a list, one after the other; words that are empty are dropped after each. */
export function compileWordSteps(steps: readonly WordStep[], classes: Classes): WordRewrite {
  const rewrites = steps.map((step) => compileWordStep(step, classes));
  return (words, atStart) =>
    rewrites.reduce<string[]>(
      (before, rewrite) => rewrite(before, atStart).filter((word) => word !== ''),
      [...words],
    );
}

function compileWordStep(step: WordStep, classes: Classes): WordRewrite {
  switch (step.kind) {
    case 'replace': {
      const rewrite = compileReplace(step, classes);
      return (words, atStart) => words.map((word, index) => rewrite(word, atStart && index === 0));
    }
    case 'split': {
      const pattern = compilePattern(step.pattern, classes);
      return (words) => words.flatMap((word) => split(word, pattern, step));
    }
    case 'bytes':
      return (words) => words.map(spellBytes);
  }
}

/** A part of a word, and whether it is a separator. */
interface Part {
  readonly text: string;
  readonly separates: boolean;
}

function split(word: string, pattern: RegExp, { behavior, invert }: SplitStep): string[] {
  const parts = cut(word, pattern, invert);
  switch (behavior) {
    case 'removed':
      return parts.filter(({ separates }) => !separates).map(({ text }) => text);
    case 'isolated':
      return parts.map(({ text }) => text);
    case 'contiguous':
      return join(parts, (before, part) => before.separates === part.separates);
    case 'merged-with-previous':
      return join(parts, (before, part) => part.separates && !before.separates);
    case 'merged-with-next':
      return join(parts, (before, part) => before.separates && !part.separates);
  }
}

/** Matches of the pattern, and what is between them. */
function cut(word: string, pattern: RegExp, invert: boolean): Part[] {
  const parts: Part[] = [];
  let end = 0;
  // Not matchAll, which copies the expression for every word.
  pattern.lastIndex = 0;
  for (let match = pattern.exec(word); match; match = pattern.exec(word)) {
    if (match[0] === '') pattern.lastIndex += 1;
    if (match.index > end) parts.push({ text: word.slice(end, match.index), separates: invert });
    end = match.index + match[0].length;
    parts.push({ text: match[0], separates: !invert });
  }
  if (end < word.length) parts.push({ text: word.slice(end), separates: invert });
  return parts;
}

/** Joins neighbours; of two that are joined, the second decides about the third. */
function join(parts: readonly Part[], joins: (before: Part, part: Part) => boolean): string[] {
  const joined: string[] = [];
  let before: Part | undefined;
  for (const part of parts) {
    if (before && joins(before, part)) joined.push((joined.pop() ?? '') + part.text);
    else joined.push(part.text);
    before = part;
  }
  return joined;
}

/** Bytes that stand for themselves are visible letters of Latin-1; the others follow U+0100. */
const LETTERS = makeLetters();

function makeLetters(): string[] {
  let hidden = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isVisible = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCodePoint(isVisible ? byte : hidden++);
  });
}

const ENCODER = new TextEncoder();

function spellBytes(word: string): string {
  return Array.from(ENCODER.encode(word), (byte) => LETTERS[byte]).join('');
}
