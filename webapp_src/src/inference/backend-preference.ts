import type { GraphModelRef } from '../generated/manifest';
import type { BackendName } from './encoder-status';

/** The backend that proved fastest for this very encoder in this very browser, if one was tried. */
export function recallBackend(encoder: GraphModelRef): BackendName | undefined {
  const name = storage()?.getItem(keyOf(encoder));
  return name === 'wasm' || name === 'webgl' || name === 'webgpu' ? name : undefined;
}

export function rememberBackend(encoder: GraphModelRef, backend: BackendName): void {
  storage()?.setItem(keyOf(encoder), backend);
}

export function forgetBackend(encoder: GraphModelRef): void {
  storage()?.removeItem(keyOf(encoder));
}

function keyOf(encoder: GraphModelRef): string {
  return `lit-demo backend ${encoder.model.sha256} ${navigator.userAgent}`;
}

function storage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    // Browsers that block storage throw here; then the choice is measured on every visit.
    return undefined;
  }
}
