import { expect, it } from 'vitest';
import type { Picture } from './records';
import { toCsv } from './csv';

const PICTURE: Picture = {
  position: 4,
  id: 'cat',
  description: 'A cat',
  thumbnail: 'cat.jpg',
  width: 1,
  height: 1,
  address: null,
  author: 'A. Maker',
  license: 'CC0',
  source: 'https://archive.test/4',
};

function rowOf(picture: Partial<Picture>, similarity?: number): string | undefined {
  return toCsv([{ picture: { ...PICTURE, ...picture }, similarity }]).split('\r\n', 2)[1];
}

it('begins with a mark and headings, and ends each line as RFC 4180 says', () => {
  const csv = toCsv([{ picture: PICTURE, similarity: 0.25 }]);
  expect(csv).toBe(
    '\uFEFFplace,id,description,similarity,author,license,source,address\r\n' +
      '1,cat,A cat,0.2500,A. Maker,CC0,https://archive.test/4,\r\n',
  );
});

it('quotes what would end a cell', () => {
  expect(rowOf({ description: 'A "cat", and\na dog' })).toContain(',"A ""cat"", and\na dog",');
});

it.each(['=1+1', '+1', '-cmd|x', '@sum', '\tx'])('lets no program compute %j', (description) => {
  expect(rowOf({ description })).toContain(`,'${description},`);
});

it('writes numbers as they are', () => {
  expect(rowOf({}, -0.5)).toContain(',-0.5000,');
});
