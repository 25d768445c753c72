// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { find, findAll, mount } from '../testing/mount';
import { LitDemoWords } from './lit-demo-words';

it('shows what each word adds as a number and a shade, between all that is no word', async () => {
  const element = await mount(LitDemoWords, {
    parts: [
      { text: 'banana', effect: 0.05 },
      { text: ', ', effect: undefined },
      { text: 'ice', effect: -0.021 },
      { text: ' ', effect: undefined },
      { text: 'on', effect: -0.004 },
    ],
  });
  const words = findAll(element, '.word');
  expect(words.map(({ textContent }) => textContent)).toEqual(['banana +5', 'ice -2', 'on 0']);
  expect(words.map(({ style }) => style.getPropertyValue('--shade'))).toEqual(['18%', '0%', '0%']);
  expect(words.map(({ classList }) => classList.contains('against'))).toEqual([false, true, false]);
  expect(find(element, '[role=group]').textContent.trim()).toMatch(/^banana \+5, ice -2 on 0$/);
});
