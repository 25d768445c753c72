// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { button, find, findAll, mount, record } from '../testing/mount';
import { LitDemoOwnPicture } from './lit-demo-own-picture';

it('offers the file that is chosen', async () => {
  const element = await mount(LitDemoOwnPicture, {});
  const offers = record('picture-offered');
  const input = find(element, 'input') as HTMLInputElement;
  const file = new File(['a'], 'a.png', { type: 'image/png' });
  Object.defineProperty(input, 'files', { value: [file] });
  input.dispatchEvent(new Event('change'));
  expect(offers).toEqual([{ file }]);
  expect(input.accept).toBe('image/*');
  expect(input.hasAttribute('capture')).toBe(false);
});

it('says what is downloaded, and that the picture stays, before it is', async () => {
  const element = await mount(LitDemoOwnPicture, { state: 'asking', bytes: 5_300_000 });
  const agreements = record('picture-agreed');
  expect(find(element, '[role=status]').textContent.replace(/\s+/g, ' ').trim()).toBe(
    'This loads 5.3 MB, once. Your picture stays on this device. Load',
  );
  button(element, 'Load').click();
  expect(agreements).toHaveLength(1);
});

it('shows how far it is', async () => {
  const encoder = { status: 'loading', loaded: 1e6, total: 4e6, attempt: 1 } as const;
  const element = await mount(LitDemoOwnPicture, { state: 'working', encoder });
  expect(find(element, 'p').textContent).toContain('1.0 MB of 4.0 MB');
  element.encoder = { status: 'ready', backend: 'wasm' };
  await element.updateComplete;
  expect(find(element, 'p').textContent).toBe('Reading your picture…');
  element.state = 'idle';
  await element.updateComplete;
  expect(find(element, 'p').textContent).toBe('');
  expect(findAll(element, 'progress')).toEqual([]);
});
