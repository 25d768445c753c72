import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeGalleryPage, makeGallery, makeGalleryManifest } from '../../testing/fake-gallery';
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

function shown(count: number): number[] {
  return Array.from({ length: count }, (_, place) => visit.order.positionAt(place));
}

const messages = (): string[] => visit.messages.list.map(({ text }) => text);

it('shows all pictures, without the encoder or the search', async () => {
  await visit.restore('');
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
  expect(visit.link.place).toBe(1100);
});

describe('a link', () => {
  it('restores a search with its filters, and as many pictures as it needs', async () => {
    await visit.restore('#v=1&find=from+30&filter.Colour=Red&at=250');
    expect(shown(3)).toEqual([30, 33, 36]);
    expect([visit.order.length, visit.passing, visit.awaitedPlace]).toEqual([251, 400, 250]);
    expect(visit.link).toMatchObject({ text: 'from 30', place: 250 });
  });

  it('restores a picture that is open, and where it is in the order', async () => {
    await visit.restore('#v=1&picture=7%3Aid-7');
    expect(visit.opened).toEqual({ position: 7, id: 'id-7', place: 7 });
    await visit.restore('#v=1');
    expect(visit.opened).toBeUndefined();
    await visit.restore('#v=1&find=from+3&picture=7%3Aid-7');
    expect(visit.opened?.place).toBe(4);
    await visit.restore('#v=1&filter.Colour=Red&picture=9%3Aid-9');
    expect(visit.opened?.place).toBe(3);
  });

  it('looks again for the same only if it asks for something else', async () => {
    await visit.restore('#v=1&find=from+3');
    await visit.restore('#v=1&find=from+3&picture=4%3Aid-4');
    expect(page.search.asked).toHaveLength(1);
    expect(visit.opened?.place).toBe(1);
    await visit.restore('#v=1&like=9%3Aid-9');
    expect([page.search.asked.length, shown(1), visit.finding.text]).toEqual([2, [9], '']);
  });

  it('gives way to another one, also where it asks for what is loaded later', async () => {
    const first = visit.restore('#v=1&find=from+3&picture=1100%3Aid-1100');
    expect(visit.settled).toBe(false);
    expect(await visit.restore('#v=1&find=from+5')).toMatchObject({ text: 'from 5' });
    expect(await first).toBeUndefined();
    expect([visit.opened, visit.finding.text, visit.settled]).toEqual([undefined, 'from 5', true]);
  });

  it('says what is not there any more', async () => {
    const restored = await visit.restore(
      '#v=1&like=9%3Aother&picture=5000%3Afar&filter.Colour=Green&filter.Colour=Blue',
    );
    expect(messages()).toEqual([
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
});

it('filters what is shown, and what is looked for', async () => {
  await visit.toggle({ column: 'Colour', value: 'Red' });
  expect([shown(3), visit.passing]).toEqual([[0, 3, 6], 400]);
  const { view } = visit;
  visit.finding.find('from 10');
  await visit.finding.run();
  expect(shown(2)).toEqual([12, 15]);
  await visit.clearFilters();
  expect([shown(2), visit.view === view]).toEqual([[10, 11], false]);
  visit.finding.clear();
  expect(shown(2)).toEqual([0, 1]);
});

it('turns to the next picture, and looks for more at the end of what is found', async () => {
  await visit.restore('#v=1&find=from+0');
  await visit.open(198);
  await visit.turn(1);
  expect([visit.opened?.position, visit.order.length]).toEqual([199, 400]);
  await visit.turn(1);
  expect(visit.opened).toEqual({ position: 200, id: 'id-200', place: 200 });
  await visit.findLikeOpened();
  expect([visit.opened, shown(1), visit.finding.like?.id]).toEqual([undefined, [200], 'id-200']);
});

it('says when it is the network that is missing, and tries again with another search', async () => {
  page.search.error = Object.assign(new Error('The network failed.'), { name: 'DownloadError' });
  vi.stubGlobal('navigator', { onLine: false });
  visit.finding.find('from 1');
  await visit.finding.run();
  expect(messages()).toEqual([
    'A part that this needs is not on this device yet, and there is no network.',
  ]);
  expect([visit.settled, visit.order.length]).toEqual([true, 1200]);
  page.search.error = undefined;
  await visit.retry();
  expect([messages(), page.searches, shown(1)]).toEqual([[], 2, [1]]);
});

it('tries again to load what pictures are filtered by', async () => {
  const kept = new Map(host.contents);
  host.contents.clear();
  await visit.toggle({ column: 'Colour', value: 'Red' });
  expect(messages()[0]).toContain('The server answered 404');
  expect([visit.passing, visit.settled]).toEqual([1200, true]);
  for (const [url, content] of kept) host.contents.set(url, content);
  await visit.retry();
  expect([messages(), visit.passing]).toEqual([[], 400]);
});
