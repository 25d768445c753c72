import { afterEach, expect, it, vi } from 'vitest';
import { sparesNetwork } from './spares-network';

afterEach(() => {
  vi.unstubAllGlobals();
});

it.each([
  [undefined, false],
  [{ saveData: false, effectiveType: '4g' }, false],
  [{ effectiveType: '3g' }, false],
  [{ saveData: true, effectiveType: '4g' }, true],
  [{ saveData: false, effectiveType: '2g' }, true],
  [{ effectiveType: 'slow-2g' }, true],
])('with the connection %j, the network is spared: %j', (connection, spared) => {
  vi.stubGlobal('navigator', { connection });
  expect(sparesNetwork()).toBe(spared);
});
