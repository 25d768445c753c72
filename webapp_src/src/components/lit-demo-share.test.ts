// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { settle } from '../testing/sample-manifest';
import { button, find, findAll, mount } from '../testing/mount';
import { LitDemoShare } from './lit-demo-share';

const LINK = new URL('#v=1&image=cat', location.href).href;

async function share(): Promise<LitDemoShare> {
  const element = await mount(LitDemoShare, {
    shared: { modelId: undefined, cards: [{ imageId: 'cat', texts: [] }] },
  });
  button(element, 'Share').click();
  await settle();
  await element.updateComplete;
  return element;
}

describe('sharing', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('uses the system’s dialog where there is one', async () => {
    const dialog = vi.fn(() => Promise.resolve());
    vi.stubGlobal('navigator', { share: dialog });
    const element = await share();
    expect(dialog).toHaveBeenCalledWith({ title: document.title, url: LINK });
    expect(findAll(element, 'input')).toEqual([]);
  });

  it('does nothing more when the dialog was closed', async () => {
    const closed = new DOMException('Closed.', 'AbortError');
    vi.stubGlobal('navigator', { share: () => Promise.reject(closed) });
    expect(findAll(await share(), 'input')).toEqual([]);
  });

  it('else copies the link', async () => {
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal('navigator', { clipboard: { writeText } });
    const element = await share();
    expect(writeText).toHaveBeenCalledWith(LINK);
    expect(find(element, '[role=status]').textContent).toBe('Link copied.');
  });

  it('else shows the link', async () => {
    vi.stubGlobal('navigator', {});
    const element = await share();
    expect((find(element, 'input') as HTMLInputElement).value).toBe(LINK);
  });
});
