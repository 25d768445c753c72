// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { makeGallery } from '../../testing/fake-gallery';
import { button, find, findAll, mount, record } from '../../testing/mount';
import { LitDemoFilters } from './lit-demo-filters';

const { columns } = makeGallery(9).gallery;

it('has a box for each value of each column', async () => {
  const filters = await mount(LitDemoFilters, {
    columns,
    choices: [{ column: 'Size', value: 'Large' }],
  });
  expect(findAll(filters, 'legend').map(({ textContent }) => textContent)).toEqual([
    'Colour',
    'Size',
  ]);
  const boxes = findAll<HTMLInputElement>(filters, 'input');
  expect(boxes.map(({ checked }) => checked)).toEqual([false, false, false, true]);
  expect(find(filters, 'summary').textContent).toBe('Filter (1)');
  const toggled = record('choice-toggled');
  const cleared = record('choices-cleared');
  boxes[0]?.click();
  button(filters, 'Clear filter').click();
  expect([toggled, cleared.length]).toEqual([[{ column: 'Colour', value: 'Red' }], 1]);
});

it('is not there without columns', async () => {
  const filters = await mount(LitDemoFilters, {});
  expect(findAll(filters, 'details')).toEqual([]);
});
