// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { find, mount, record } from '../testing/mount';
import { LitDemoSets } from './lit-demo-sets';

const names = ['Colours', 'Counting'];

function selectOf(element: LitDemoSets): HTMLSelectElement {
  return find(element, 'select') as HTMLSelectElement;
}

function labelsOf(element: LitDemoSets): string[] {
  return [...selectOf(element).options].map(({ text }) => text.trim());
}

function choose(element: LitDemoSets, label: string): void {
  const select = selectOf(element);
  select.selectedIndex = labelsOf(element).indexOf(label);
  select.dispatchEvent(new Event('change'));
}

it('invites to try a set, and names the one that is shown', async () => {
  const element = await mount(LitDemoSets, { names, own: true });
  expect(labelsOf(element)).toEqual(['Try a set…', 'Colours', 'Counting']);
  expect(selectOf(element).selectedIndex).toBe(0);
  element.own = false;
  element.chosen = 'Counting';
  await element.updateComplete;
  expect(labelsOf(element)).toEqual(['The picture’s own', 'Colours', 'Counting']);
  expect(selectOf(element).value).toBe('Counting');
});

it('still invites where the captions are the visitor’s', async () => {
  const element = await mount(LitDemoSets, { names });
  expect(labelsOf(element)).toEqual(['Try a set…', 'The picture’s own', 'Colours', 'Counting']);
  expect(selectOf(element).selectedIndex).toBe(0);
});

it('tells what is chosen', async () => {
  const element = await mount(LitDemoSets, { names, chosen: 'Colours' });
  const sets = record('name-chosen');
  const own = record('own-chosen');
  choose(element, 'Counting');
  expect([sets, own]).toEqual([[{ name: 'Counting' }], []]);
  choose(element, 'The picture’s own');
  expect([sets, own]).toEqual([[{ name: 'Counting' }], [null]]);
});
