// @vitest-environment happy-dom
import { beforeEach, expect, it, vi } from 'vitest';
import { button, find, findAll, mount, press, record } from '../../testing/mount';
import { LitDemoOpened } from './lit-demo-opened';
import type { Picture } from './records';

const PICTURE: Picture = {
  position: 7,
  id: 'cat',
  description: 'A cat on a wall',
  thumbnail: 'https://demo.test/small.jpg',
  width: 640,
  height: 480,
  address: 'https://archive.test/cat.jpg',
  author: 'A. Maker',
  license: 'CC BY 4.0',
  source: 'https://archive.test/cat',
  x: undefined,
  y: undefined,
};

beforeEach(() => {
  document.documentElement.dir = 'ltr';
});

function open(properties: Partial<LitDemoOpened> = {}): Promise<LitDemoOpened> {
  return mount(LitDemoOpened, { picture: PICTURE, place: 3, count: 1200, ...properties });
}

it('shows a picture with all that is known of it', async () => {
  const opened = await open({ similarity: 0.25 });
  expect((find(opened, 'dialog') as HTMLDialogElement).open).toBe(true);
  expect(find(opened, 'h2').textContent).toBe('A cat on a wall');
  expect(find(opened, 'img').getAttribute('src')).toBe('https://archive.test/cat.jpg');
  expect(find(opened, '.bar p').textContent).toBe('4 of 1,200');
  const credit = find(opened, '.credit');
  expect(credit.textContent.replaceAll(/\s+/g, ' ')).toContain(
    'Photo: A. Maker · CC BY 4.0 · Source · The whole picture · Similarity: 0.250',
  );
  expect(findAll<HTMLAnchorElement>(opened, '.credit a').map(({ href }) => href)).toEqual([
    'https://creativecommons.org/licenses/by/4.0/',
    'https://archive.test/cat',
    'https://archive.test/cat.jpg',
  ]);
});

it('shows the thumbnail where the whole picture does not come', async () => {
  const opened = await open();
  find(opened, 'img').dispatchEvent(new Event('error'));
  await opened.updateComplete;
  expect(find(opened, 'img').getAttribute('src')).toBe('https://demo.test/small.jpg');
});

it('says nothing of what is not known', async () => {
  const nothing = { address: null, author: null, license: null, source: null };
  const opened = await open({ picture: { ...PICTURE, ...nothing }, place: undefined });
  expect(findAll(opened, '.credit')).toEqual([]);
  expect(find(opened, '.bar p').textContent).toBe('');
  expect(button(opened, 'Next picture').getAttribute('aria-disabled')).toBe('true');
});

it('turns to other pictures by buttons and keys, in the direction of reading', async () => {
  const opened = await open();
  const turned = record('opened-turned');
  button(opened, 'Next picture').click();
  press(find(opened, 'h2'), 'ArrowLeft');
  press(find(opened, 'h2'), 'ArrowRight', { altKey: true });
  opened.style.direction = 'rtl';
  press(find(opened, 'h2'), 'ArrowLeft');
  expect(turned).toEqual([{ by: 1 }, { by: -1 }, { by: 1 }]);
});

it('tells that it was closed, but not if the page closed it', async () => {
  const opened = await open();
  const closed = record('opened-closed');
  button(opened, 'Close').click();
  expect(closed).toHaveLength(1);
  opened.picture = undefined;
  await opened.updateComplete;
  expect(closed).toHaveLength(1);
});

it('looks for its like', async () => {
  const opened = await open();
  const wanted = record('like-wanted');
  button(opened, 'More like this').click();
  expect(wanted).toHaveLength(1);
});

it('copies a link to it, or shows it where that is not allowed', async () => {
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal('navigator', { clipboard: { writeText } });
  const opened = await open({ link: '#v=1&picture=7%3Acat' });
  button(opened, 'Copy link').click();
  await vi.waitFor(() => {
    expect(find(opened, '[role=status]').textContent).toBe('Link copied.');
  });
  const { href } = new URL('#v=1&picture=7%3Acat', location.href);
  expect(writeText).toHaveBeenCalledExactlyOnceWith(href);
  writeText.mockReturnValue(Promise.reject(new Error('Not allowed.')));
  button(opened, 'Copy link').click();
  await vi.waitFor(() => {
    expect((find(opened, 'input') as HTMLInputElement).value).toBe(href);
  });
  vi.unstubAllGlobals();
});
