import type { Backend, GraphModelRef } from '../generated/manifest';
import { isBackend } from './backends';

/** The backend that was fastest for this encoder in this browser, if it has been measured. */
export function recallBackend(encoder: GraphModelRef): Backend | undefined {
  const name = withStorage((storage) => storage.getItem(keyOf(encoder)));
  // Plain JavaScript is the last resort: the next visit tries the others again.
  return name && isBackend(name) && name !== 'cpu' ? name : undefined;
}

export function rememberBackend(encoder: GraphModelRef, backend: Backend): void {
  withStorage((storage) => {
    storage.setItem(keyOf(encoder), backend);
  });
}

export function forgetBackend(encoder: GraphModelRef): void {
  withStorage((storage) => {
    storage.removeItem(keyOf(encoder));
  });
}

function keyOf(encoder: GraphModelRef): string {
  return `lit-demo backend ${encoder.model.sha256} ${navigator.userAgent}`;
}

function withStorage<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(localStorage);
  } catch {
    // Storage may be blocked, or full; then every visit measures anew.
    return undefined;
  }
}
