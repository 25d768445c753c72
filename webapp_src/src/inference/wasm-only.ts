import type { BackendSelector } from './backend-selector';

/** The backend of every browser: it looks for no other, and keeps nothing in the browser. */
export const wasmOnly: BackendSelector = {
  candidates: () => ['wasm'],
  findFaster: (_encoder, incumbent) => Promise.resolve(incumbent),
  forget: () => undefined,
};
