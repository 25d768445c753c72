import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  FakeGalleryPage,
  makeGallery,
  makeGalleryManifest,
  shownBy,
  toldBy,
} from '../../testing/fake-gallery';
import { GalleryVisit } from './gallery-visit';
import { VisitLinks } from './visit-links';

let page: FakeGalleryPage;
let visit: GalleryVisit;
let links: VisitLinks;

beforeEach(() => {
  const { gallery, host } = makeGallery(1200);
  host.listen();
  vi.stubGlobal('navigator', { onLine: true });
  page = new FakeGalleryPage(1200);
  visit = new GalleryVisit(makeGalleryManifest(gallery), page);
  links = new VisitLinks(visit, () => undefined);
});

afterEach(() => {
  visit.close();
  vi.unstubAllGlobals();
});

it('restores a search with its filters, and as many pictures as it needs', async () => {
  await links.restore('#v=1&find=from+30&filter.Colour=Red&at=250');
  expect(shownBy(visit, 3)).toEqual([30, 33, 36]);
  expect([visit.order.length, visit.passing, links.awaitedPlace]).toEqual([251, 400, 250]);
  expect(links.link).toMatchObject({ text: 'from 30', place: 250 });
});

it('restores a picture that is open, and where it is in the order', async () => {
  await links.restore('#v=1&picture=7%3Aid-7');
  expect(visit.opened).toEqual({ position: 7, id: 'id-7', place: 7 });
  await links.restore('#v=1');
  expect(visit.opened).toBeUndefined();
  await links.restore('#v=1&find=from+3&picture=7%3Aid-7');
  expect(visit.opened?.place).toBe(4);
  await links.restore('#v=1&filter.Colour=Red&picture=9%3Aid-9');
  expect(visit.opened?.place).toBe(3);
});

it('looks again for the same only if it asks for something else', async () => {
  await links.restore('#v=1&find=from+3');
  await links.restore('#v=1&find=from+3&picture=4%3Aid-4');
  expect(page.search.asked).toHaveLength(1);
  expect(visit.opened?.place).toBe(1);
  await links.restore('#v=1&like=9%3Aid-9');
  expect([page.search.asked.length, shownBy(visit, 1), visit.finding.text]).toEqual([2, [9], '']);
});

it('gives way to another one, also where it asks for what is loaded later', async () => {
  const first = links.restore('#v=1&find=from+3&picture=1100%3Aid-1100');
  expect(links.settled).toBe(false);
  expect(await links.restore('#v=1&find=from+5')).toMatchObject({ text: 'from 5' });
  expect(await first).toBeUndefined();
  expect([visit.opened, visit.finding.text, links.settled]).toEqual([undefined, 'from 5', true]);
});

it('says what is not there any more', async () => {
  const restored = await links.restore(
    '#v=1&like=9%3Aother&picture=5000%3Afar&filter.Colour=Green&filter.Colour=Blue',
  );
  expect(toldBy(visit)).toEqual([
    'The link shows the picture “far”, which is no longer in its place.',
    'The link shows the picture “other”, which is no longer in its place.',
    'The link asks for “Green” of “Colour”, which this gallery does not have.',
  ]);
  expect([visit.order.length, visit.finding.isActive, visit.opened]).toEqual([
    800,
    false,
    undefined,
  ]);
  expect(restored).toMatchObject({
    like: undefined,
    opened: undefined,
    choices: [{ column: 'Colour', value: 'Blue' }],
  });
});
