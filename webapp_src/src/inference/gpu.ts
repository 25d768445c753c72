import type { BackendName } from './status';

/** The GPU backends worth trying in this browser; software emulations of a GPU are left out. */
export async function findGpuBackends(): Promise<BackendName[]> {
  const found: BackendName[] = [];
  if (await hasWebGpu()) found.push('webgpu');
  if (hasWebGl()) found.push('webgl');
  return found;
}

async function hasWebGpu(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<object | null> } };
  return Boolean(await gpu?.requestAdapter());
}

function hasWebGl(): boolean {
  // The worker that will compute has no document, only an OffscreenCanvas.
  if (typeof OffscreenCanvas === 'undefined') return false;
  const canvas = new OffscreenCanvas(1, 1);
  return canvas.getContext('webgl2', { failIfMajorPerformanceCaveat: true }) !== null;
}
