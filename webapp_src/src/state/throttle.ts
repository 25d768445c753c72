/** The action, but not sooner than so many milliseconds after it was done last. */
export function throttle(milliseconds: number, action: () => void): () => void {
  let last = -Infinity;
  return () => {
    const now = performance.now();
    if (now - last < milliseconds) return;
    last = now;
    action();
  };
}
