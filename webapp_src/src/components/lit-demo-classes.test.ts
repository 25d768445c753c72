// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { find, findAll, mount, record } from '../testing/mount';
import type { ClassRanking } from '../state/classification';
import { LitDemoClasses } from './lit-demo-classes';

const RANKING: ClassRanking = {
  state: 'current',
  done: 57,
  count: 57,
  best: [
    { name: 'dog', probability: 0.75 },
    { name: 'ox', probability: 0.1 },
  ],
};

it('shows the best with their bars, and says how many there were', async () => {
  const element = await mount(LitDemoClasses, { list: 'dog, ox', ranking: RANKING });
  expect(findAll(element, 'li .text').map(({ textContent }) => textContent)).toEqual(['dog', 'ox']);
  expect(findAll(element, '.value').map(({ textContent }) => textContent)).toEqual(['75%', '10%']);
  expect(findAll(element, 'rect').map(({ style }) => style.width)).toEqual(['75%', '10%']);
  expect(find(element, '.count').textContent).toBe('Top 2 of 57');
  expect(find(element, '[role=status]').textContent).toBe('Best of 57: “dog”, 75%');
});

it('says how far it is, and reads out nothing until it is done', async () => {
  const ranking = { ...RANKING, state: 'computing', done: 16 } as const;
  const element = await mount(LitDemoClasses, { ranking });
  expect(find(element, '.count').textContent).toBe('16 of 57');
  expect(find(element, '[role=status]').textContent).toBe('');
});

it('tells what is typed, and of words that are too many', async () => {
  const element = await mount(LitDemoClasses, {});
  const edits = record('classes-edited');
  const input = find(element, 'textarea') as HTMLTextAreaElement;
  input.value = 'cat, dog';
  input.dispatchEvent(new Event('input'));
  expect(edits).toEqual([{ list: 'cat, dog' }]);
  element.list = Array.from({ length: 201 }, (_, i) => i).join();
  await element.updateComplete;
  expect(find(element, 'p').textContent).toBe('Only the first 200 words are used.');
});
