import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  FakeGalleryPage,
  makeGallery,
  makeGalleryManifest,
  shownBy,
  toldBy,
} from '../../testing/fake-gallery';
import type { FileHost } from '../../testing/named-files';
import { GalleryVisit } from './gallery-visit';

let page: FakeGalleryPage;
let visit: GalleryVisit;
let host: FileHost;

beforeEach(() => {
  const made = makeGallery(1200);
  host = made.host;
  host.listen();
  vi.stubGlobal('navigator', { onLine: true });
  page = new FakeGalleryPage(1200);
  visit = new GalleryVisit(makeGalleryManifest(made.gallery), page);
});

afterEach(() => {
  visit.close();
  vi.unstubAllGlobals();
});

it('shows all pictures, without the encoder or the search', () => {
  expect([visit.order.length, visit.passing, visit.settled]).toEqual([1200, 1200, true]);
  expect([page.searches, page.reader.warmed, page.reader.read]).toEqual([0, 0, []]);
  expect(host.asked).toEqual([]);
});

it('gets ready to search when the visitor is about to type', async () => {
  await visit.prepare();
  expect([page.reader.warmed, page.searches, page.search.prepared]).toEqual([1, 1, 1]);
  page.reader.encoder = { status: 'absent' };
  await visit.prepare();
  expect([page.reader.warmed, page.searches]).toEqual([1, 1]);
});

it('loads what is known of the pictures where the visitor stays', async () => {
  visit.show(0, 10, [...Array(20).keys()]);
  visit.show(1100, 1110, [1100, 1101]);
  await vi.waitFor(() => {
    expect(visit.records.find(1100)).toBeDefined();
  });
  expect(visit.records.find(0)).toBeUndefined();
  expect(visit.place).toBe(1100);
});

it('filters what is shown, and what is looked for', async () => {
  await visit.toggle({ column: 'Colour', value: 'Red' });
  expect([shownBy(visit, 3), visit.passing]).toEqual([[0, 3, 6], 400]);
  const { view } = visit;
  visit.finding.find('from 10');
  await visit.finding.run();
  expect(shownBy(visit, 2)).toEqual([12, 15]);
  await visit.clearFilters();
  expect([shownBy(visit, 2), visit.view === view]).toEqual([[10, 11], false]);
  visit.finding.clear();
  expect(shownBy(visit, 2)).toEqual([0, 1]);
});

it('turns to the next picture, and looks for more at the end of what is found', async () => {
  visit.finding.find('from 0');
  await visit.finding.run();
  await visit.open(198);
  await visit.turn(1);
  expect([visit.opened?.position, visit.order.length]).toEqual([199, 400]);
  await visit.turn(1);
  expect(visit.opened).toEqual({ position: 200, id: 'id-200', place: 200 });
  await visit.findLikeOpened();
  expect([visit.opened, shownBy(visit, 1), visit.finding.like?.id]).toEqual([
    undefined,
    [200],
    'id-200',
  ]);
});

it('looks for more where the pictures end, but not while the visitor reads what is beneath', async () => {
  visit.finding.find('from 0');
  await visit.finding.run();
  const scrollTo = async (last: number): Promise<number> => {
    visit.show(last - 20, last, [last - 1, last]);
    await new Promise((resolve) => setTimeout(resolve));
    return visit.order.length;
  };
  visit.goToFoot();
  expect(await scrollTo(199)).toBe(200);
  expect(await scrollTo(150)).toBe(200);
  expect(await scrollTo(199)).toBe(400);
});

it('says when it is the network that is missing, and tries again with another search', async () => {
  page.search.error = Object.assign(new Error('The network failed.'), { name: 'DownloadError' });
  vi.stubGlobal('navigator', { onLine: false });
  visit.finding.find('from 1');
  await visit.finding.run();
  expect(toldBy(visit)).toEqual([
    'A part that this needs is not on this device yet, and there is no network.',
  ]);
  expect([visit.settled, visit.order.length]).toEqual([true, 1200]);
  page.search.error = undefined;
  await visit.retry();
  expect([toldBy(visit), page.searches, shownBy(visit, 1)]).toEqual([[], 2, [1]]);
});

it('tries again to load what pictures are filtered by', async () => {
  const kept = new Map(host.contents);
  host.contents.clear();
  await visit.toggle({ column: 'Colour', value: 'Red' });
  expect(toldBy(visit)[0]).toContain('The server answered 404');
  expect([visit.passing, visit.settled]).toEqual([1200, true]);
  for (const [url, content] of kept) host.contents.set(url, content);
  await visit.retry();
  expect([toldBy(visit), visit.passing]).toEqual([[], 400]);
});
