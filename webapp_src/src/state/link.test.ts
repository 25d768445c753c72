import { describe, expect, it } from 'vitest';
import { makeManifest } from '../testing/sample-manifest';
import { createCard } from './cards';
import { formatFragment, parseFragment } from './link';

const manifest = makeManifest();

describe('a link', () => {
  it.each([
    [[['cat', ['a cat', 'a lion']]]],
    [[['dog', ['#&=+% “quotes”', '犬 🐕‍🦺', '<b>']]]],
    [
      [
        ['cat', ['one']],
        ['cat', ['two']],
        ['dog', ['a dog']],
      ],
    ],
  ] as [[string, string[]][]][])('restores %j', (wanted) => {
    const cards = wanted.map(([imageId, texts]) => createCard(imageId, texts));
    const { state, warnings } = parseFragment(manifest, formatFragment(manifest, 'small', cards));
    expect(warnings).toEqual([]);
    expect(state.modelId).toBe('small');
    expect(state.cards.map(({ imageId, texts }) => [imageId, texts])).toEqual(wanted);
  });

  it('leaves example prompts to the demo', () => {
    const cards = [createCard('cat', ['a cat', 'a lion']), createCard('dog', ['a dog', ' '])];
    expect(formatFragment(manifest, 'tiny', cards)).toBe('#model=tiny&image=cat&image=dog');
  });

  it('tells a card without prompts from one with the examples', () => {
    const fragment = formatFragment(manifest, 'tiny', [createCard('dog', ['', ' '])]);
    expect(parseFragment(manifest, fragment).state.cards).toEqual([
      { imageId: 'dog', texts: [''] },
    ]);
  });

  it('to what the demo does not have is followed as far as possible', () => {
    const { state, warnings } = parseFragment(
      manifest,
      '#prompt=lost&model=huge&image=unicorn&prompt=x&image=cat&prompt=y',
    );
    expect(state).toEqual({ modelId: undefined, cards: [{ imageId: 'cat', texts: ['y'] }] });
    expect(warnings).toEqual([
      'The link asks for the model “huge”, which this demo does not have.',
      'The link shows the picture “unicorn”, which this demo does not have.',
    ]);
  });

  it('to many pictures that are not there gives one short warning', () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => `image=${i}-${'x'.repeat(500)}`);
    const { state, warnings } = parseFragment(manifest, `#${ids.join('&')}&image=cat`);
    expect(state.cards).toEqual([]);
    expect(warnings).toEqual([
      `The link shows 391 pictures that this demo does not have, such as “0-${'x'.repeat(38)}…”.`,
      'The link was too long to restore in full; its end was left out.',
    ]);
  });

  it.each([
    ['one prompt', `#image=cat&prompt=${'x'.repeat(5e7)}`],
    ['a picture', `#image=${'x'.repeat(5e7)}`],
    ['many models', `#${'model=tiny&'.repeat(5e6)}`],
    ['escapes', `#image=cat&prompt=${'%F0%9F%90%88'.repeat(4e6)}`],
    ['separators', `#${'&'.repeat(5e7)}`],
  ])('of 50 million characters, %s, is cut before it is read', (_what, fragment) => {
    const { state, warnings } = parseFragment(manifest, fragment);
    expect(state.cards.length).toBeLessThanOrEqual(1);
    expect(warnings).toEqual(['The link was too long to restore in full; its end was left out.']);
  });

  it('keeps prompts of a picture that is not there from those of the one before', () => {
    const { state } = parseFragment(manifest, '#image=cat&prompt=a&image=unicorn&prompt=b');
    expect(state.cards).toEqual([{ imageId: 'cat', texts: ['a'] }]);
  });

  it.each(['', '#', '#section', '#%', '#=&=&'])('of %j asks for nothing', (fragment) => {
    expect(parseFragment(manifest, fragment)).toEqual({
      state: { modelId: undefined, cards: [] },
      warnings: [],
    });
  });

  it('that asks for too much is cut, and says so', () => {
    const fragment = `#${'image=cat&'.repeat(30)}image=dog${`&prompt=${'x'.repeat(2000)}`.repeat(40)}`;
    const long = parseFragment(manifest, fragment);
    expect(long.warnings).toEqual([
      'The link was too long to restore in full; its end was left out.',
    ]);
    expect(long.state.cards).toHaveLength(24);
    const [dog] = parseFragment(manifest, fragment.slice(fragment.indexOf('image=dog'))).state
      .cards;
    expect(dog?.texts).toHaveLength(32);
    expect(dog?.texts[0]).toHaveLength(1000);
  });
});
