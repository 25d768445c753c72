// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeGallery } from '../../testing/fake-gallery';
import { button, find, mount } from '../../testing/mount';
import type { FileHost } from '../../testing/named-files';
import { LitDemoList } from './lit-demo-list';
import { inOrder } from './order';
import { Records } from './records';

let saved: Blob[];
let records: Records;
let host: FileHost;

beforeEach(() => {
  saved = [];
  const made = makeGallery(1500);
  host = made.host;
  vi.stubGlobal('fetch', (url: string) => {
    const content = host.contents.get(url);
    return Promise.resolve(content ? new Response(content) : new Response('', { status: 404 }));
  });
  records = new Records(made.gallery, { onChange: () => undefined, onFailure: () => undefined });
  vi.spyOn(URL, 'createObjectURL').mockImplementation((file) => {
    saved.push(file as Blob);
    return 'blob:1';
  });
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function mountList(): Promise<LitDemoList> {
  return mount(LitDemoList, {
    order: inOrder(1500),
    load: (position: number) => records.load(position),
  });
}

it('saves at most a thousand pictures, and says how many', async () => {
  const list = await mountList();
  button(list, 'Download the list (CSV)').click();
  await vi.waitFor(() => {
    expect(find(list, '[role=status]').textContent).toBe('Saved: 1,000 pictures.');
  });
  const lines = (await saved[0]?.text())?.trimEnd().split('\r\n') ?? [];
  expect(lines).toHaveLength(1001);
  expect(lines.at(-1)).toMatch(/^1000,id-999,Picture 999,,A\. Maker,CC BY 4\.0,/);
});

it('says why there is no list', async () => {
  host.contents.clear();
  const list = await mountList();
  button(list, 'Download the list (CSV)').click();
  await vi.waitFor(() => {
    expect(find(list, '[role=status]').textContent).toContain('The server answered 404');
  });
  expect(saved).toEqual([]);
});
