import { describe, expect, it } from 'vitest';
import { focalPointAt, squareOf, trackOf } from './crop';
import type { Picture } from './desk';

function picture(given: Partial<Picture>): Picture {
  return {
    id: 'cat',
    description: 'A cat.',
    version: '1',
    size: [400, 300],
    focalPoint: null,
    crop: null,
    ...given,
  };
}

describe('the track of a crop', () => {
  it('goes along the longer side, so far that the square stays inside', () => {
    expect(trackOf(picture({}))).toEqual({ axis: 'x', least: 375, most: 625, at: 500 });
    expect(trackOf(picture({ size: [100, 400] }))).toMatchObject({ axis: 'y', least: 125 });
  });

  it('begins at the focal point, or as near as the square comes', () => {
    expect(trackOf(picture({ focalPoint: [0.4, 0.1] }))?.at).toBe(400);
    expect(trackOf(picture({ focalPoint: [0, 0.1] }))?.at).toBe(375);
    expect(trackOf(picture({ size: [300, 400], focalPoint: [0, 1] }))?.at).toBe(625);
  });

  it('is missing where a crop cannot be moved', () => {
    expect(trackOf(picture({ size: [300, 300] }))).toBeUndefined();
    expect(trackOf(picture({ size: null }))).toBeUndefined();
    expect(trackOf(picture({ crop: [0, 0, 9, 9] }))).toBeUndefined();
  });
});

it('leaves the focal point across the track as it was', () => {
  const track = { least: 375, most: 625, at: 500 };
  expect(focalPointAt(picture({}), { ...track, axis: 'x' }, 400)).toEqual([0.4, 0.5]);
  expect(focalPointAt(picture({ focalPoint: [0.1, 0.2] }), { ...track, axis: 'y' }, 400)).toEqual([
    0.1, 0.4,
  ]);
});

it('shows the middle of a box, and all of a square', () => {
  expect(squareOf(picture({ crop: [100, 0, 300, 100] }))).toEqual({
    left: 150 / 400,
    top: 0,
    width: 100 / 400,
    height: 100 / 300,
  });
  expect(squareOf(picture({ size: [300, 300] }))).toEqual({ left: 0, top: 0, width: 1, height: 1 });
});
