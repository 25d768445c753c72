import { describe, expect, it } from 'vitest';
import type { HtmlReferences } from '../../generated/manifest';
import { compileSteps, type TextStep } from './text-steps';

const HTML: HtmlReferences = {
  entities: { amp: '&', 'amp;': '&', 'eacute;': 'é', 'notin;': '∉', not: '¬', 'lt;': '<' },
  capitals: { 'EACUTE;': 'É' },
  replaced: { 128: '€' },
  dropped: [1, 8],
};

function rewrite(steps: TextStep[], text: string): string {
  return compileSteps(steps, { classes: { white: [9, 13, 32, 32] }, html: HTML })(text, true);
}

it('replaces matches literally, by classes that the site lists', () => {
  const step = {
    kind: 'replace',
    pattern: '[\\p{white}]+',
    content: '$&',
    atStart: false,
  } as const;
  expect(rewrite([step], 'a \tb\u00a0c')).toBe('a$&b\u00a0c');
});

it('puts spaces around characters', () => {
  expect(rewrite([{ kind: 'space-around', characters: [0x4e00, 0x9fff] }], 'a猫b')).toBe('a 猫 b');
});

it('maps characters by runs, or one by one, and removes others', () => {
  const runs = [0x41, 0x5a, 1, 32, 0x100, 0x102, 2, 1];
  const step: TextStep = { kind: 'map', removed: [0x30, 0x39], runs, others: { ß: 'ss' } };
  expect(rewrite([step], 'AZ1ß\u0100\u0101\u0102')).toBe('azss\u0101\u0101\u0103');
});

it('normalizes only characters that it lists', () => {
  const characters = [0x61, 0x61, 0x300, 0x301];
  const step: TextStep = { kind: 'normal-form', form: 'NFC', characters };
  expect(rewrite([step], 'a\u0301 e\u0301')).toBe('\u00e1 e\u0301');
});

it.each([
  ['ΑΣ', 'Ας'],
  ['ΑΣΑ Σ', 'ΑΣΑ Σ'],
  ["ΑΣ'", "Ας'"],
  ["Α'Σ'Α", "Α'Σ'Α"],
])('makes a sigma that ends a word a final one: %s', (text, result) => {
  const step: TextStep = { kind: 'final-sigma', cased: [0x391, 0x3a9], ignorable: [0x27, 0x27] };
  expect(rewrite([step], text)).toBe(result);
});

describe('references of HTML', () => {
  // What html.unescape of Python gives.
  it.each([
    ['a &amp; b &amp c', 'a & b & c'],
    ['&notit; &notin;', '¬it; ∉'],
    ['&#65;&#x42&#128;&#1;&#xD800;&#99999999;', 'AB€\ufffd\ufffd'],
    ['&nothing &; &', '¬hing &; &'],
  ])('are decoded: %s', (text, result) => {
    expect(rewrite([{ kind: 'unescape' }], text)).toBe(result);
  });

  // What ftfy.fix_text gives.
  it.each([
    ['&EACUTE;&eacute; &amp b', 'Éé &amp b'],
    ['&amp;\n&amp;<\n&amp;', '&\n&amp;<\n&amp;'],
    ['&amp;amp;eacute;', 'é'],
    ['&#59;&#65;', '&#59;A'],
  ])('are decoded only where it is clear in the repair of a text: %s', (text, result) => {
    expect(rewrite([{ kind: 'fix-text', steps: [] }], text)).toBe(result);
  });
});
