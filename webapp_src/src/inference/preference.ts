import type { Model } from '../generated/manifest';
import type { BackendName } from './status';

/** The backend that proved fastest for this very encoder in this very browser, if one was tried. */
export function recallBackend(model: Model): BackendName | undefined {
  const name = storage()?.getItem(keyOf(model));
  return name === 'wasm' || name === 'webgl' || name === 'webgpu' ? name : undefined;
}

export function rememberBackend(model: Model, backend: BackendName): void {
  storage()?.setItem(keyOf(model), backend);
}

export function forgetBackend(model: Model): void {
  storage()?.removeItem(keyOf(model));
}

function keyOf(model: Model): string {
  return `lit-demo backend ${model.encoder.model.sha256} ${navigator.userAgent}`;
}

function storage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    // Browsers that block storage throw here; then the choice is measured on every visit.
    return undefined;
  }
}
