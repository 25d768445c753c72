// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeRecords } from '../../testing/fake-gallery';
import { find, findAll, mount, press, record } from '../../testing/mount';
import { LitDemoGrid } from './lit-demo-grid';
import { inOrder } from './order';
import type { Picture } from './records';

const WIDTH = 620;
const SCREEN = 800;

/** How far the page is scrolled. */
let top: number;

beforeEach(() => {
  top = 0;
  vi.stubGlobal('innerHeight', SCREEN);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(WIDTH);
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(
    () => ({ top: -top }) as DOMRect,
  );
  vi.spyOn(window, 'scrollY', 'get').mockImplementation(() => top);
  vi.spyOn(window, 'scrollTo').mockImplementation(((options: ScrollToOptions) => {
    top = options.top ?? 0;
  }) as typeof window.scrollTo);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function pictureAt(position: number): Picture | undefined {
  if (position === 1) return undefined;
  const { id, description, thumbnail } = makeRecords(position, 1);
  return {
    position,
    id: id[0] ?? '',
    description: description[0] ?? '',
    thumbnail: thumbnail[0] ?? '',
    width: 1,
    height: 1,
    address: null,
    author: null,
    license: null,
    source: null,
    x: undefined,
    y: undefined,
  };
}

function mountGrid(length: number, properties: Partial<LitDemoGrid> = {}): Promise<LitDemoGrid> {
  return mount(LitDemoGrid, {
    order: inOrder(length),
    find: pictureAt,
    linkTo: ({ id }) => `#${id}`,
    view: 'all',
    ...properties,
  });
}

function link(grid: LitDemoGrid, place: number): HTMLAnchorElement {
  return find(grid, `a[data-place="${place}"]`) as HTMLAnchorElement;
}

const placesOf = (grid: LitDemoGrid): number[] =>
  findAll(grid, 'a').map(({ dataset }) => Number(dataset['place']));

/** Scrolls as a visitor does. */
async function scrollTo(grid: LitDemoGrid, pixels: number): Promise<void> {
  top = pixels;
  window.dispatchEvent(new Event('scroll'));
  await new Promise((resolve) => requestAnimationFrame(resolve));
  await grid.updateComplete;
}

it('draws the rows near the screen, whatever number there is', async () => {
  const shown = record('places-shown');
  const grid = await mountGrid(1_000_000);
  await grid.updateComplete;
  const box = find(grid, '.box');
  expect(box.getAttribute('aria-rowcount')).toBe('250000');
  expect(Number.parseFloat(box.style.height)).toBeLessThanOrEqual(10_000_000);
  // Six rows of four are seen, and three are drawn below them.
  expect(placesOf(grid)).toEqual([...Array(36).keys()]);
  expect(shown.at(-1)).toMatchObject({ first: 0, end: 24 });
});

it('goes on where the page is scrolled', async () => {
  const grid = await mountGrid(10_000);
  const shown = record('places-shown');
  await scrollTo(grid, 1565);
  expect(shown.at(-1)).toMatchObject({ first: 40, end: 64 });
  expect([Math.min(...placesOf(grid)), Math.max(...placesOf(grid))]).toEqual([28, 75]);
});

it('gives each picture its description and address, and one that is to come its place', async () => {
  const grid = await mountGrid(9);
  expect(link(grid, 0).getAttribute('href')).toBe('#id-0');
  expect(link(grid, 0).querySelector('img')?.alt).toBe('Picture 0');
  expect(link(grid, 1).getAttribute('aria-label')).toBe('Loading…');
  const rows = findAll(grid, '[role=row]').map((row) => row.getAttribute('aria-rowindex'));
  expect(rows).toEqual(['1', '2', '3']);
  link(grid, 2).querySelector('img')?.dispatchEvent(new Event('error'));
  await grid.updateComplete;
  expect(link(grid, 2).textContent).toBe('Picture 2');
});

it('tells which picture is wanted, but leaves other tabs to the browser', async () => {
  const grid = await mountGrid(9);
  const chosen = record('place-chosen');
  link(grid, 2).dispatchEvent(new MouseEvent('click', { ctrlKey: true, cancelable: true }));
  expect(chosen).toEqual([]);
  link(grid, 2).click();
  expect(chosen).toEqual([{ place: 2 }]);
});

it('is one stop for the tab key, and moves within by other keys', async () => {
  const grid = await mountGrid(1000);
  const stops = (): number[] =>
    findAll(grid, 'a[tabindex="0"]').map(({ dataset }) => Number(dataset['place']));
  expect(stops()).toEqual([0]);
  link(grid, 0).focus();
  press(link(grid, 0), 'ArrowDown');
  await vi.waitFor(() => {
    expect(grid.shadowRoot?.activeElement).toBe(link(grid, 4));
  });
  expect(stops()).toEqual([4]);
  press(link(grid, 4), 'End');
  await vi.waitFor(() => {
    expect(grid.shadowRoot?.activeElement).toBe(link(grid, 999));
  });
  expect(top).toBeGreaterThan(30_000);
});

it('keeps what has the focus, however far the page is scrolled', async () => {
  const grid = await mountGrid(1000);
  link(grid, 5).focus();
  await scrollTo(grid, 20_000);
  expect(grid.shadowRoot?.activeElement).toBe(link(grid, 5));
  expect(placesOf(grid)).toContain(520);
  expect(placesOf(grid)).not.toContain(100);
});

it('goes back to the start when something else is shown', async () => {
  const grid = await mountGrid(1000);
  await scrollTo(grid, 20_000);
  grid.order = inOrder(500);
  grid.view = 'another';
  await grid.updateComplete;
  expect(top).toBe(0);
  grid.order = inOrder(600);
  await scrollTo(grid, 5000);
  expect(top).toBe(5000);
});

it('brings a place below what covers the top of the screen', async () => {
  const grid = await mountGrid(1000, { covered: 100 });
  await grid.reveal(400);
  expect(top).toBe(100 * 156.5 - 100);
});
