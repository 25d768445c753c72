import { describe, expect, it } from 'vitest';
import type { SplitStep } from '../../generated/manifest';
import { compileWordSteps } from './word-steps';

const CLASSES = { pL: [0x41, 0x5a, 0x61, 0x7a] };

describe('a split at dashes', () => {
  // What tokenizers 0.23.3 makes of it.
  it.each<[SplitStep['behavior'], string[]]>([
    ['removed', ['the', 'final', 'end']],
    ['isolated', ['the', '-', 'final', '-', '-', 'end', '-']],
    ['merged-with-previous', ['the-', 'final-', '-', 'end-']],
    ['merged-with-next', ['the', '-final', '-', '-end', '-']],
    ['contiguous', ['the', '-', 'final', '--', 'end', '-']],
  ])('%s', (behavior, words) => {
    const steps = [{ kind: 'split', pattern: '-', behavior, invert: false } as const];
    expect(compileWordSteps(steps, {})(['the-final--end-'], true)).toEqual(words);
  });

  it('may be one at what is between matches', () => {
    const pattern = '[\\p{pL}]+';
    const steps = [{ kind: 'split', pattern, behavior: 'removed', invert: true } as const];
    expect(compileWordSteps(steps, CLASSES)(['one, two!é'], true)).toEqual(['one', 'two']);
  });
});

it('changes words, if need be only the first of the text', () => {
  const step = { kind: 'replace', pattern: '^(?=[^_])', content: '_', atStart: true } as const;
  const always = compileWordSteps([{ ...step, atStart: false }], {});
  expect(always(['a', '_b', 'c'], false)).toEqual(['_a', '_b', '_c']);
  const first = compileWordSteps([step], {});
  expect(first(['a', 'b'], true)).toEqual(['_a', 'b']);
  expect(first(['a', 'b'], false)).toEqual(['a', 'b']);
});

it('spells bytes in the letters of GPT-2', () => {
  const spell = compileWordSteps([{ kind: 'bytes' }], {});
  expect(spell([' é\n', '🐶'], true)).toEqual(['ĠÃ©Ċ', 'ðŁĲ¶']);
});
