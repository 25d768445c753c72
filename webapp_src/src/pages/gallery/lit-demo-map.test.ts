// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { mount } from '../../testing/mount';
import { LitDemoMap } from './lit-demo-map';

const EMPTY = { squares: new Uint16Array(), load: () => Promise.reject(new Error('none')) };

describe('a map', () => {
  it('says so where a browser cannot draw it, and what it would show', async () => {
    const map = await mount(LitDemoMap, { source: EMPTY });
    await map.updateComplete;
    expect(map.shadowRoot?.querySelector('p')?.textContent).toBe(
      'This browser cannot draw the map.',
    );
    expect(map.shadowRoot?.querySelector('button')).toBeNull();
    const canvas = map.shadowRoot?.querySelector('canvas');
    expect(canvas?.getAttribute('aria-label')).toContain('The list shows the same pictures.');
    expect(canvas?.getAttribute('aria-busy')).toBe('false');
  });
});
