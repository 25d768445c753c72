// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { find, findAll, mount, press } from '../../testing/mount';
import type { Picture } from './desk';
import { LitDemoCrop } from './lit-demo-crop';

const PICTURE: Picture = {
  id: 'cat',
  description: 'A cat.',
  version: '1',
  size: [400, 300],
  focalPoint: null,
  crop: null,
};

const answer = vi.fn<typeof fetch>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', answer.mockResolvedValue(new Response('')));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  answer.mockReset();
});

async function rest(element: LitDemoCrop): Promise<void> {
  await vi.advanceTimersByTimeAsync(1000);
  await element.updateComplete;
}

describe('a crop', () => {
  it('says where it is', async () => {
    const slider = find(await mount(LitDemoCrop, { picture: PICTURE }), 'input');
    expect(slider.getAttribute('aria-label')).toBe('Crop of cat');
    expect(slider.getAttribute('aria-valuetext')).toBe('centre 50% from the left');
  });

  it('is written once it rests, and not on its way', async () => {
    const element = await mount(LitDemoCrop, { picture: PICTURE });
    for (let i = 0; i < 3; i++) press(find(element, 'input'), 'ArrowLeft');
    press(find(element, 'input'), 'ArrowDown');
    await element.updateComplete;
    press(find(element, 'input'), 'PageUp');
    expect(answer).not.toHaveBeenCalled();
    await rest(element);
    expect(answer.mock.calls).toEqual([['crops/cat?x=0.41&y=0.5', { method: 'POST' }]]);
    expect(find(element, '[role=status]').textContent).toBe('Written: focal_point = [0.41, 0.5]');
  });

  it('shows what the author moves until that is built', async () => {
    const element = await mount(LitDemoCrop, { picture: PICTURE });
    const slider = find(element, 'input') as HTMLInputElement;
    slider.value = '420';
    slider.dispatchEvent(new Event('input'));
    element.picture = { ...PICTURE, description: 'Another build.' };
    await element.updateComplete;
    expect(slider.value).toBe('420');
    await rest(element);
    element.picture = { ...PICTURE, focalPoint: [0.42, 0.5] };
    await element.updateComplete;
    expect(slider.value).toBe('420');
    element.picture = PICTURE;
    await element.updateComplete;
    expect(slider.value).toBe('500');
  });

  it('stays where it is when a finger on it scrolls the page', async () => {
    const element = await mount(LitDemoCrop, { picture: PICTURE });
    const slider = find(element, 'input') as HTMLInputElement;
    slider.value = '420';
    slider.dispatchEvent(new Event('input'));
    await element.updateComplete;
    slider.dispatchEvent(new Event('pointercancel'));
    await rest(element);
    expect(slider.value).toBe('500');
    expect(answer).not.toHaveBeenCalled();
  });

  it('says why it was not written', async () => {
    const element = await mount(LitDemoCrop, { picture: PICTURE });
    answer.mockResolvedValueOnce(new Response('It has gone.\n', { status: 409 }));
    press(find(element, 'input'), 'ArrowLeft');
    await rest(element);
    expect(find(element, '[role=status]').textContent).toBe('It has gone.');
    answer.mockRejectedValueOnce(new TypeError());
    press(find(element, 'input'), 'ArrowLeft');
    await rest(element);
    expect(find(element, '[role=status]').textContent).toContain('Start lit-demo dev again');
  });

  it.each([
    [{ crop: [0, 0, 9, 9] } as const, 'demo.toml gives it a crop'],
    [{ size: [300, 300] } as const, 'It is square'],
    [{ size: null }, 'not there any more'],
  ])('says why it cannot be moved: %j', async (given, reason) => {
    const element = await mount(LitDemoCrop, { picture: { ...PICTURE, ...given } });
    expect(findAll(element, 'input')).toEqual([]);
    expect(element.shadowRoot?.textContent).toContain(reason);
  });
});
