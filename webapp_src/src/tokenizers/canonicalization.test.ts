import { describe, expect, it } from 'vitest';
import { canonicalize } from './canonicalization';

describe('a canonical text', () => {
  it('has no half characters, and is else unchanged where nothing is declared', () => {
    expect(canonicalize('a \ud83d b \udc36 🐶', [])).toBe('a \ufffd b \ufffd 🐶');
  });

  it('may be lower case in ASCII alone', () => {
    expect(canonicalize('ÀÉ Sigma ΟΔΟΣ', ['lower-ascii'])).toBe('ÀÉ sigma ΟΔΟΣ');
  });

  it('may be lower case, each letter for itself', () => {
    expect(canonicalize('ÀÉ ΟΔΟΣ İI ẞ 𐐀', ['lower'])).toBe('àé οδοσ i̇i ß 𐐨');
  });

  it('may be without punctuation', () => {
    expect(canonicalize("don't_stop: (now)!", ['strip-punctuation'])).toBe('dont stop now');
  });

  it('may have single spaces only', () => {
    expect(canonicalize('\u3000 a\t\u0085\u001c b\u00a0', ['collapse-spaces'])).toBe('a b');
    expect(canonicalize('a\ufeffb', ['collapse-spaces'])).toBe('a\ufeffb');
  });
});
