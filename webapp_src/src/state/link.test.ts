import { describe, expect, it } from 'vitest';
import { makeManifest } from '../testing/sample-manifest';
import { createCard } from './cards';
import { describeState, formatFragment, parseFragment } from './link';
import { translateOriginalLink } from './original-link';

const manifest = makeManifest();

/** The link to these cards, each a picture with its prompts. */
function linkTo(modelId: string, cards: readonly (readonly [string, string[]])[]): string {
  const shown = cards.map(([imageId, texts]) => createCard(imageId, texts));
  return formatFragment(describeState(manifest, modelId, shown));
}

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
    const { state, warnings } = parseFragment(manifest, linkTo('small', wanted));
    expect(warnings).toEqual([]);
    expect(state.modelId).toBe('small');
    expect(state.cards.map(({ imageId, texts }) => [imageId, texts])).toEqual(wanted);
  });

  it('says no more than differs from what the demo shows anyway', () => {
    const examples: [string, string[]][] = [
      ['cat', ['a cat', 'a lion']],
      ['dog', ['a dog', ' ']],
    ];
    expect(linkTo('tiny', examples)).toBe('#v=1&image=cat&image=dog');
    expect(linkTo('small', examples)).toBe('#v=1&model=small&image=cat&image=dog');
    expect(linkTo('tiny', [['dog', ['a wolf']]])).toBe('#v=1&image=dog&prompt=a+wolf');
  });

  it('tells a card without prompts from one with the examples', () => {
    expect(parseFragment(manifest, linkTo('tiny', [['dog', ['', ' ']]])).state.cards).toEqual([
      { imageId: 'dog', texts: [''] },
    ]);
  });

  it.each([
    ['of today, without a model, means the first one', '#v=1&image=dog', 'tiny'],
    ['from before there were versions says its model', '#model=small&image=dog', 'small'],
    ['that somebody wrote by hand leaves the model in use', '#image=dog', undefined],
  ])('%s', (_what, fragment, modelId) => {
    expect(parseFragment(manifest, fragment)).toEqual({
      state: { modelId, cards: [{ imageId: 'dog', texts: ['a dog'] }] },
      warnings: [],
    });
  });

  it('of a later version is followed as far as it is understood', () => {
    const { state, warnings } = parseFragment(manifest, '#v=2&image=dog&zoom=3&prompt=a+wolf');
    expect(state.cards).toEqual([{ imageId: 'dog', texts: ['a wolf'] }]);
    expect(warnings).toEqual([
      'The link is of a later version of this demo, so some of it may be missing.',
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

describe('a link of the original demo', () => {
  const dog = (...texts: string[]): object => ({ imageId: 'dog', texts });

  it.each([
    ['#v2|tiny|dog|a dog|a wolf', 'tiny', [dog('a dog', 'a wolf')]],
    ['#v2%7Ctiny%7Cdog%7Ca%20wolf', 'tiny', [dog('a wolf')]],
    ['#v2|tiny|dog', 'tiny', [dog('a dog')]],
    ['#v2|tiny|dog|1 %2B 1 = 2|100 %|a+b & c', 'tiny', [dog('1 + 1 = 2', '100 %', 'a+b & c')]],
    ['#v2|tiny', 'tiny', []],
    ['#v2|', undefined, []],
    ['#v3|tiny|dog', undefined, []],
  ])('%s is read', (fragment, modelId, cards) => {
    const { state, warnings } = parseFragment(manifest, fragment);
    expect(state).toEqual({ modelId, cards });
    expect(warnings).toEqual([]);
  });

  it.each([
    ['0', '1'],
    ['1', '48'],
    ['3', '22'],
    ['4', '2'],
    ['23', '21'],
    ['24', '23'],
    ['59', '60'],
    ['60', undefined],
    ['dog', undefined],
  ])('of the first form has the picture’s row, %s, in place of its id', (row, id) => {
    const entries = translateOriginalLink(`v1|tiny|${row}|a wolf`);
    expect(entries.get('image') ?? undefined).toBe(id);
    expect(entries.get('prompt')).toBe('a wolf');
  });

  it('says what this demo does not have', () => {
    expect(parseFragment(manifest, '#v2|base|48|an apple')).toEqual({
      state: { modelId: undefined, cards: [] },
      warnings: [
        'The link asks for the model “base”, which this demo does not have.',
        'The link shows the picture “48”, which this demo does not have.',
      ],
    });
  });

  it('is cut between its captions if it is too long', () => {
    const { state, warnings } = parseFragment(manifest, `#v2|tiny|dog|a wolf|${'x'.repeat(5e7)}`);
    expect(state.cards).toEqual([dog('a wolf')]);
    expect(warnings).toEqual(['The link was too long to restore in full; its end was left out.']);
  });
});
