/** A body that has sent nothing for so long is taken for lost. */
export const STALL_MS = 15_000;

/** A response of which nothing more arrives. */
export class StallError extends Error {
  override readonly name = 'StallError';
}

/**
 * What a promise gives.
 *
 * @throws StallError if it has taken longer.
 */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new StallError());
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The parts of a body as they arrive; one that is left before its end is cancelled.
 *
 * @throws StallError if none has arrived for STALL_MS.
 */
export async function* readChunks(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await within(STALL_MS, reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    // Whoever leaves need not wait for it, nor hear that the connection was lost already.
    reader.cancel().catch(() => undefined);
  }
}
