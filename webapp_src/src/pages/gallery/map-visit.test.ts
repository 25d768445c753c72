import { beforeEach, expect, it, vi } from 'vitest';
import { foundAt } from '../../testing/fake-gallery';
import { MapVisit } from './map-visit';
import type { Picture } from './records';

const pictureAt = (position: number): Picture =>
  ({ position, x: position / 100, y: 0.5 }) as Picture;

const host = {
  finding: { found: [7, 60, 3].map(foundAt) },
  records: { find: (position: number) => (position < 50 ? pictureAt(position) : undefined) },
  load: vi.fn((position: number) => Promise.resolve<Picture | undefined>(pictureAt(position))),
  onChange: vi.fn(),
};
let map: MapVisit;

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  map = new MapVisit(host);
  return () => vi.useRealTimers();
});

it('marks what was found, where more is known of it', () => {
  expect(map.lit).toEqual(Float32Array.of(0.07, 0.5, 0.03, 0.5));
});

it('shows what the visitor points at for a while', async () => {
  map.pointAt(7);
  map.pointAt(8);
  await vi.runAllTimersAsync();
  expect([map.pointedAt?.position, host.load.mock.calls]).toEqual([8, [[8]]]);
  map.pointAt(undefined);
  expect([map.pointedAt, host.onChange.mock.calls.length]).toEqual([undefined, 2]);
});

it('does not show what comes when the visitor points elsewhere', async () => {
  let arrive: (picture: Picture) => void = () => undefined;
  host.load.mockReturnValueOnce(new Promise((resolve) => (arrive = resolve)));
  map.pointAt(7);
  await vi.runAllTimersAsync();
  map.pointAt(undefined);
  arrive(pictureAt(7));
  await vi.runAllTimersAsync();
  expect(map.pointedAt).toBeUndefined();
});
