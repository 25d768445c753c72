import { expect, it } from 'vitest';
import { makeManifest } from '../testing/sample-manifest';
import { sealManifest } from '../testing/sealed-manifest';
import { isSealed } from './seal';

const sealed = sealManifest(makeManifest());

it('a manifest is known by its hash of itself', async () => {
  expect(await isSealed(sealed)).toBe(true);
});

it('a manifest with any bit turned is not', async () => {
  for (let place = 0; place < sealed.length; place += 37) {
    const altered = sealed.slice();
    altered[place] = (altered[place] ?? 0) ^ 1;
    expect(await isSealed(altered)).toBe(false);
  }
});

it.each(['', '{}', '<!doctype html>', '{"schemaVersion": 1}', ' '.repeat(1e6)])(
  'what is no manifest of ours, such as %.20s, is not',
  async (text) => {
    expect(await isSealed(new TextEncoder().encode(text))).toBe(false);
  },
);
