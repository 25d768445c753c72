// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { button, find, findAll, mount, press, record } from '../testing/mount';
import { LitDemoFinder } from './lit-demo-finder';

it('tells what is typed, and that all pictures are wanted again', async () => {
  const finder = await mount(LitDemoFinder, { text: 'a dog', ranked: true });
  const edits = record('find-edited');
  const clears = record('find-cleared');
  const input = find(finder, 'input') as HTMLInputElement;
  expect(input.value).toBe('a dog');
  expect(find(finder, '[role=status]').textContent).toBe('Best fit first');
  input.value = 'a cat';
  input.dispatchEvent(new Event('input'));
  button(finder, 'Clear').click();
  expect(edits).toEqual([{ text: 'a cat' }]);
  expect(clears).toHaveLength(1);
});

it('tells that what is typed is wanted now', async () => {
  const finder = await mount(LitDemoFinder, { text: 'a dog' });
  const submissions = record('find-submitted');
  press(find(finder, 'input'), 'a');
  press(find(finder, 'input'), 'Enter', { isComposing: true });
  expect(submissions).toEqual([]);
  press(find(finder, 'input'), 'Enter');
  expect(submissions).toHaveLength(1);
});

it('says that the most alike come first', async () => {
  const finder = await mount(LitDemoFinder, { like: true, ranked: true, mute: true });
  expect(find(finder, '[role=status]').textContent).toBe('Most alike first');
  expect(findAll(finder, 'input')).toEqual([]);
});

it('offers nothing to clear where nothing is looked for', async () => {
  const finder = await mount(LitDemoFinder, {});
  expect(findAll(finder, 'button')).toEqual([]);
  expect(find(finder, '[role=status]').textContent).toBe('');
});
