import { DownloadError } from './download';

const PAUSES_MS = [500, 1500, 4000];

/**
 * Runs `attempt` until it succeeds, again after each transient DownloadError, four times at most.
 *
 * @param attempt Is given 1, then 2, and so on.
 * @param signal Ends the waiting between attempts.
 */
export async function retryDownload<T>(
  attempt: (count: number) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt(count);
    } catch (error) {
      const pause = PAUSES_MS[count - 1];
      if (!(error instanceof DownloadError && error.transient) || pause === undefined) throw error;
      await wait(pause, signal);
    }
  }
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
