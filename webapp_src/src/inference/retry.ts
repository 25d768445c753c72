import { DownloadError } from './download';

/**
 * Runs `attempt` until it succeeds, again after each DownloadError for as long as that one says.
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
      const pause = error instanceof DownloadError ? error.pauses[count - 1] : undefined;
      if (pause === undefined) throw error;
      if (pause > 0) await wait(pause, signal);
    }
  }
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', abort, { once: true });
  });
}
