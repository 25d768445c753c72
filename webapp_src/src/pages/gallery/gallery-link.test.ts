import { expect, it } from 'vitest';
import { formatGalleryLink, parseGalleryLink, type GalleryLink } from './gallery-link';

const NOTHING: GalleryLink = {
  text: '',
  like: undefined,
  choices: [],
  place: 0,
  opened: undefined,
};

it.each<[string, Partial<GalleryLink>]>([
  ['', {}],
  ['#v=1&find=a+dog', { text: 'a dog' }],
  ['#v=1&like=12%3Acat', { like: { position: 12, id: 'cat' } }],
  ['#v=1&at=40', { place: 40 }],
  ['#v=1&picture=3%3Aa%3Ab', { opened: { position: 3, id: 'a:b' } }],
  [
    '#v=1&filter.Style=Pop+art&filter.a.b=%26',
    {
      choices: [
        { column: 'Style', value: 'Pop art' },
        { column: 'a.b', value: '&' },
      ],
    },
  ],
])('writes and reads %j', (fragment, part) => {
  const link = { ...NOTHING, ...part };
  expect(formatGalleryLink(link)).toBe(fragment);
  expect(parseGalleryLink(fragment)).toEqual({ link, warnings: [] });
});

it.each(['#v=1&at=-3&picture=x', '#at=NaN&like=', '#%%%'])('takes nothing from %j', (fragment) => {
  expect(parseGalleryLink(fragment).link).toEqual(NOTHING);
});

it('says what it leaves out', () => {
  expect(parseGalleryLink('#v=2&find=a').warnings[0]).toContain('later version');
  const { link, warnings } = parseGalleryLink(`#v=1&find=${'a'.repeat(30_000)}`);
  expect(link.text).toHaveLength(1000);
  expect(warnings[0]).toContain('too long');
});
