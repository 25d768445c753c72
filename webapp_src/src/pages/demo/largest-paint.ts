const KIND = 'largest-contentful-paint';

/** A page that nobody sees paints nothing. */
const LONGEST_MS = 3000;

/** Resolves when the largest thing of the first screen is painted, as far as the browser tells. */
export async function largestPaint(): Promise<void> {
  if (document.readyState !== 'complete') {
    await new Promise((resolve) => {
      window.addEventListener('load', resolve, { once: true });
    });
  }
  if (!PerformanceObserver.supportedEntryTypes.includes(KIND)) return;
  await new Promise<void>((resolve) => {
    const observer = new PerformanceObserver(() => {
      observer.disconnect();
      resolve();
    });
    observer.observe({ type: KIND, buffered: true });
    setTimeout(resolve, LONGEST_MS);
  });
}
