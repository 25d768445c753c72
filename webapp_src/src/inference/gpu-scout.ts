import { FLOOR_BACKENDS } from './backends';
import { forgetBackend, recallBackend, rememberBackend } from './backend-preference';
import type { BackendSelector } from './backend-selector';
import { findGpuBackends } from './gpu-backends';
import { idle } from './idle';

/** A backend replaces another only if it needs less than this share of its time. */
const WORTHWHILE = 0.7;

/**
 * Starts on the floor, or where this browser was fastest the last time, and then tries the GPU in
 * workers of its own, so that answers never wait.
 */
export const gpuScout: BackendSelector = {
  candidates(encoder) {
    const remembered = recallBackend(encoder);
    return [...new Set(remembered ? [remembered, ...FLOOR_BACKENDS] : FLOOR_BACKENDS)];
  },

  async findFaster(encoder, incumbent, launch, signal) {
    if (recallBackend(encoder) === incumbent.backend) return incumbent;
    await idle();
    let best = incumbent;
    for (const backend of await findGpuBackends()) {
      if (signal.aborted) return best;
      const rival = await launch(backend).catch(() => undefined);
      if (!rival) continue;
      const [winner, loser] =
        rival.check.milliseconds < WORTHWHILE * best.check.milliseconds
          ? [rival, best]
          : [best, rival];
      best = winner;
      if (loser !== incumbent) loser.close();
    }
    if (!signal.aborted) rememberBackend(encoder, best.backend);
    return best;
  },

  forget: forgetBackend,
};
