import type { StrResult } from '@lit/localize';
import { describe, expect, it } from 'vitest';
import { readSourceTexts } from '../testing/source-texts';
import { toLocale, translateSentence, type Catalogue } from './catalogue';
import ar from './catalogues/ar.json';
import de from './catalogues/de.json';
import es from './catalogues/es.json';
import ja from './catalogues/ja.json';
import { LANGUAGES, SOURCE } from './languages';

const CATALOGUES: Readonly<Record<string, Catalogue>> = { de, es, ja, ar };

/** What only a mistake in this program would say. */
const INTERNAL: ReadonlySet<string> = new Set([
  'Nothing is loaded yet: call `await imageData.load()` first.',
  'The demo has no picture “{0}”.',
  'The demo has no {0} “{1}”; it has {2}.',
  'The embeddings have not been loaded.',
  'The encoder has not been loaded.',
  'The gallery has no column “{0}”.',
  'The gallery has not been opened.',
  'There is no record of the picture {0}.',
  'There is nothing to look for.',
  '{0} is not named by its content.',
  'The encoder returned no row.',
  'The encoder returned too few rows.',
  'The function has not been loaded.',
  'The gallery has not been opened.',
  '{0} is not named by its content.',
  'The image encoder comes without its golden row.',
  'The recording was not finished.',
  'The result was not computed by kernels.',
  'The site has not been loaded.',
  'This browser cannot draw the picture.',
  'This browser cannot save the picture.',
  'This site has no function “{0}”; it has {1}.',
  'This site has no model “{0}”.',
  '{0} has no embedding of the picture “{1}”.',
  '{0} has no embedding “{1}” to check against.',
  '{0} has no input “{1}”.',
  '{0} is not a {1} × {2} matrix of {3}.',
  '{0} needs the input “{1}”.',
  '{0} was closed.',
  'The input “{0}” is {1}; {2} numbers do not fit.',
]);

const texts = readSourceTexts();

function placesIn(text: string): string[] {
  return (text.match(/\{\d\}/g) ?? []).sort();
}

it('has a catalogue for each language but English', () => {
  expect(LANGUAGES.map(({ code }) => code)).toEqual([SOURCE, ...Object.keys(CATALOGUES)]);
});

describe.each(Object.entries(CATALOGUES))('in %s', (_, catalogue) => {
  const sources = Object.keys(catalogue);

  it('says everything that the page says', () => {
    const needed = [...texts.messages, ...texts.errors].filter((text) => !INTERNAL.has(text));
    expect(needed.filter((text) => !sources.includes(text))).toEqual([]);
  });

  it('says nothing that the page does not', () => {
    expect(sources.filter((source) => !texts.all.has(source))).toEqual([]);
  });

  it('has the places of every text, and no blank one', () => {
    for (const [source, target] of Object.entries(catalogue)) {
      expect(target.trim(), source).not.toBe('');
      expect(placesIn(target), source).toEqual(placesIn(source));
    }
  });
});

it('gives @lit/localize its texts by their ids, in which places count', () => {
  const { templates } = toLocale({ 'a {0} b {1}': 'B {1} A {0}' });
  const [{ strings, values }] = Object.values(templates) as [StrResult];
  expect([[...strings], values]).toEqual([
    ['B ', ' A ', ''],
    [1, 0],
  ]);
});

it.each([
  ['The model is ready.', 'Das Modell ist bereit.'],
  [
    'The network failed while a.bin was downloading.',
    'Das Netzwerk fiel aus, während a.bin geladen wurde.',
  ],
  ['The server answered 503 for z (1).', 'Der Server antwortete 503 auf z (1).'],
  ['One of many others.', 'One of many others.'],
])('translates the sentence %j', (sentence, translated) => {
  expect(translateSentence(sentence, de)).toBe(translated);
});
