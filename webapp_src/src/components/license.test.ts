import { expect, it } from 'vitest';
import { licenseUrl } from './license';

it.each([
  ['CC0', 'https://creativecommons.org/publicdomain/zero/1.0/'],
  ['CC0 1.0', 'https://creativecommons.org/publicdomain/zero/1.0/'],
  ['CC BY 4.0', 'https://creativecommons.org/licenses/by/4.0/'],
  ['CC-BY-SA-3.0', 'https://creativecommons.org/licenses/by-sa/3.0/'],
  ['CC BY-NC-ND 2.5', 'https://creativecommons.org/licenses/by-nc-nd/2.5/'],
  ['Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0'],
  ['Public Domain', undefined],
  ['CC BY', undefined],
  ['all rights reserved', undefined],
])('knows the text of %s', (name, url) => {
  expect(licenseUrl(name)).toBe(url);
});
