import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import schema from '../generated/manifest.schema.json';
import { makeManifest } from '../testing/sample-manifest';
import { forgetBackend, recallBackend, rememberBackend } from './backend-preference';
import { BACKEND_NAMES, FLOOR_BACKENDS, isBackend } from './backends';

describe('the table of backends', () => {
  it('holds those that the builder knows, in its order', () => {
    expect(BACKEND_NAMES).toEqual(schema.$defs.Backend.enum);
  });

  it('names a floor for browsers without a GPU', () => {
    expect(FLOOR_BACKENDS).toEqual(['wasm', 'cpu']);
  });

  it.each([
    ['webgpu', true],
    ['cuda', false],
    ['toString', false],
  ])('knows whether %s is one', (name, expected) => {
    expect(isBackend(name)).toBe(expected);
  });
});

describe('the backend remembered for an encoder', () => {
  const [{ encoder }] = makeManifest().models;
  const stored = new Map<string, string>();

  beforeEach(() => {
    stored.clear();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
      removeItem: (key: string) => stored.delete(key),
    });
    vi.stubGlobal('navigator', { userAgent: 'a browser' });
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is kept until it is forgotten', () => {
    expect(recallBackend(encoder)).toBeUndefined();
    rememberBackend(encoder, 'webgl');
    expect(recallBackend(encoder)).toBe('webgl');
    forgetBackend(encoder);
    expect(recallBackend(encoder)).toBeUndefined();
  });

  it('is that of this very browser', () => {
    rememberBackend(encoder, 'webgl');
    vi.stubGlobal('navigator', { userAgent: 'another browser' });
    expect(recallBackend(encoder)).toBeUndefined();
  });

  it('is never the last resort, nor one that is unknown', () => {
    rememberBackend(encoder, 'cpu');
    expect(recallBackend(encoder)).toBeUndefined();
    for (const key of stored.keys()) stored.set(key, 'cuda');
    expect(recallBackend(encoder)).toBeUndefined();
  });

  it('is none where the browser blocks storage', () => {
    vi.stubGlobal('localStorage', undefined);
    rememberBackend(encoder, 'webgl');
    expect(recallBackend(encoder)).toBeUndefined();
  });
});
