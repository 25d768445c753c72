// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import { writeElements, writeFrame } from '../state/embed-code';
import { button, find, findAll, mount } from '../testing/mount';
import { settle } from '../testing/sample-manifest';
import { LitDemoEmbedCode } from './lit-demo-embed-code';

const shared = { modelId: 'small', cards: [{ imageId: 'dog', texts: ['a wolf'] }] };

/** Copies the second code, that of a frame. */
async function copyFrame(): Promise<LitDemoEmbedCode> {
  const element = await mount(LitDemoEmbedCode, { shared });
  button(element, 'Embed').click();
  button(element, 'Copy: In a frame').click();
  await settle();
  await element.updateComplete;
  return element;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

it('shows both ways to embed what is shown, and closes', async () => {
  const element = await mount(LitDemoEmbedCode, { shared });
  const dialog = find(element, 'dialog') as HTMLDialogElement;
  expect(dialog.open).toBe(false);
  button(element, 'Embed').click();
  expect(dialog.open).toBe(true);
  expect(findAll<HTMLTextAreaElement>(element, 'textarea').map(({ value }) => value)).toEqual([
    writeElements(location.href, shared),
    writeFrame(location.href, shared, document.title),
  ]);
  button(element, 'Close').click();
  expect(dialog.open).toBe(false);
});

it('copies one of them, and says so there', async () => {
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal('navigator', { clipboard: { writeText } });
  const element = await copyFrame();
  expect(writeText).toHaveBeenCalledWith(writeFrame(location.href, shared, document.title));
  expect(findAll(element, '[role=status]').map(({ textContent }) => textContent)).toEqual([
    '',
    'Copied.',
  ]);
});

it('selects it where the browser does not let a page copy', async () => {
  vi.stubGlobal('navigator', {});
  const element = await copyFrame();
  const frame = find(element, '#frame') as HTMLTextAreaElement;
  expect([frame.selectionStart, frame.selectionEnd]).toEqual([0, frame.value.length]);
  expect(findAll(element, '[role=status]')[1]?.textContent).toContain('Selected');
});
