// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AddressKeeper } from './address-keeper';
import { parseGalleryLink, type GalleryLink } from './gallery-link';

const CAT = { position: 3, id: 'cat' };

const page = {
  link: parseGalleryLink('').link,
  settled: true,
  restored: [] as string[],
  restore(fragment: string) {
    page.restored.push(fragment);
    page.link = parseGalleryLink(fragment).link;
    return Promise.resolve<GalleryLink | undefined>(page.link);
  },
};
let keeper: AddressKeeper;
const push = vi.spyOn(history, 'pushState');
const replace = vi.spyOn(history, 'replaceState');
const back = vi.spyOn(history, 'back').mockImplementation(() => undefined);

function show(change: Partial<GalleryLink>): void {
  page.link = { ...page.link, ...change };
  keeper.hostUpdated();
}

/** A page that shows what its address says. */
async function begin(fragment: string): Promise<void> {
  history.replaceState(null, '', fragment);
  page.settled = true;
  keeper = new AddressKeeper(() => page);
  await keeper.restore();
}

beforeEach(async () => {
  await begin('#');
  for (const spy of [push, replace, back]) spy.mockClear();
});

it('says in the address what is shown, once that has settled', () => {
  page.settled = false;
  show({ text: 'a dog' });
  expect(replace).not.toHaveBeenCalled();
  page.settled = true;
  show({ place: 12 });
  expect([location.hash, push.mock.calls.length]).toEqual(['#v=1&find=a+dog&at=12', 0]);
  show({});
  expect(replace).toHaveBeenCalledOnce();
});

it('makes a step of opening a picture, which closing it takes back', () => {
  show({ opened: CAT });
  expect([push.mock.calls.length, location.hash]).toEqual([1, '#v=1&picture=3%3Acat']);
  show({ opened: { position: 4, id: 'dog' } });
  expect([push.mock.calls.length, location.hash]).toEqual([1, '#v=1&picture=4%3Adog']);
  show({ opened: undefined });
  expect(back).toHaveBeenCalledOnce();
});

it('stays on the page when a picture is closed that a link opened', async () => {
  await begin('#v=1&picture=3%3Acat');
  show({ opened: undefined });
  expect([back.mock.calls.length, location.hash]).toEqual([0, '']);
});

it('makes a step of looking for the like of a picture', () => {
  show({ opened: CAT });
  show({ opened: undefined, like: CAT });
  expect([push.mock.calls.length, back.mock.calls.length]).toEqual([2, 0]);
  expect(location.hash).toBe('#v=1&like=3%3Acat');
});

describe('a step back', () => {
  beforeEach(() => {
    keeper.hostConnected();
  });

  afterEach(() => {
    keeper.hostDisconnected();
  });

  function stepTo(fragment: string, state: unknown = null): void {
    history.replaceState(state, '', fragment);
    replace.mockClear();
    window.dispatchEvent(new PopStateEvent('popstate'));
  }

  it('restores what it leads to, and leaves the address as it is', async () => {
    stepTo('#v=1&find=a+cat');
    await Promise.resolve();
    keeper.hostUpdated();
    expect([page.restored.at(-1), replace.mock.calls.length]).toEqual(['#v=1&find=a+cat', 0]);
  });

  it('is not the last word where a visitor closes a picture before all is restored', async () => {
    stepTo('#v=1&find=a+cat&picture=3%3Acat', { opened: true });
    page.settled = false;
    show({ opened: undefined });
    await Promise.resolve();
    keeper.hostUpdated();
    expect(back).not.toHaveBeenCalled();
    page.settled = true;
    keeper.hostUpdated();
    expect(back).toHaveBeenCalledOnce();
  });

  it('counts for nothing where another one comes before all is restored', async () => {
    vi.spyOn(page, 'restore').mockResolvedValueOnce(undefined);
    stepTo('#v=1&find=a+cat');
    await Promise.resolve();
    show({ text: 'a dog' });
    expect(replace).not.toHaveBeenCalled();
  });
});
