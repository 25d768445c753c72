// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
import { makeManifest } from '../testing/sample-manifest';
import { find, findAll, mount, press, record } from '../testing/mount';
import { LitDemoCarousel } from './lit-demo-carousel';

const { images } = makeManifest();

describe('the carousel', () => {
  let carousel: LitDemoCarousel;

  beforeEach(async () => {
    carousel = await mount(LitDemoCarousel, {
      images: [...images, ...images],
      open: new Set(['dog']),
    });
  });

  function thumbnails(): HTMLElement[] {
    return findAll(carousel, '.strip button');
  }

  async function pressed(key: string): Promise<number[]> {
    press(find(carousel, '.strip'), key);
    await carousel.updateComplete;
    return thumbnails().map((thumbnail) => thumbnail.tabIndex);
  }

  it('names each picture and marks those with a card', () => {
    expect(thumbnails().map((thumbnail) => thumbnail.querySelector('img')?.alt)).toEqual([
      'A picture of a cat',
      'A picture of a dog',
      'A picture of a cat',
      'A picture of a dog',
    ]);
    expect(thumbnails().map((thumbnail) => thumbnail.getAttribute('aria-current'))).toEqual([
      'false',
      'true',
      'false',
      'true',
    ]);
  });

  it('is one stop for Tab, and moves by arrows, Home and End within its ends', async () => {
    expect(thumbnails().map((thumbnail) => thumbnail.tabIndex)).toEqual([0, -1, -1, -1]);
    expect(await pressed('ArrowRight')).toEqual([-1, 0, -1, -1]);
    expect(await pressed('End')).toEqual([-1, -1, -1, 0]);
    expect(await pressed('ArrowRight')).toEqual([-1, -1, -1, 0]);
    expect(await pressed('ArrowLeft')).toEqual([-1, -1, 0, -1]);
    expect(await pressed('Home')).toEqual([0, -1, -1, -1]);
    expect(await pressed('ArrowLeft')).toEqual([0, -1, -1, -1]);
  });

  it('tells which picture was chosen', () => {
    const chosen = record('image-chosen');
    thumbnails()[1]?.click();
    expect(chosen).toEqual([{ imageId: 'dog' }]);
  });
});
