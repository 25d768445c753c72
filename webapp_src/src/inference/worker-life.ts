/**
 * Runs in a worker and lets the page see when it ends, however that comes: until then it holds a lock
 * of the name that the page gave it.
 *
 * @returns Whether it does; browsers have no locks on http, nor in frames without an origin.
 */
export function holdLife(): Promise<boolean> {
  // TensorFlow.js leaves failures such as a wasm module too large for the memory to nobody.
  self.addEventListener('unhandledrejection', ({ reason }) => {
    stopWith(reason);
  });
  const { locks } = navigator as { locks?: LockManager };
  return new Promise((resolve) => {
    if (!locks) {
      resolve(false);
      return;
    }
    const held = locks.request(self.name, () => {
      resolve(true);
      return new Promise<never>(() => undefined);
    });
    held.catch(() => {
      resolve(false);
    });
  });
}

/** Ends the worker's use with an error that the page gets, although no call of its own caused it. */
export function stopWith(error: unknown): void {
  // Thrown where nothing can catch it, it reaches the page as the worker's event.
  setTimeout(() => {
    throw error;
  });
}
