/** Resolves when the page has nothing better to do. */
export function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in window) {
      requestIdleCallback(
        () => {
          resolve();
        },
        { timeout: 5000 },
      );
    }
    // Safari has no idle callback.
    else setTimeout(resolve, 1500);
  });
}
