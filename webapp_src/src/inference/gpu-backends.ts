import type { BackendName } from './encoder-status';

/** Renderers on the CPU, which some browsers pass off as hardware. */
const SOFTWARE_RENDERERS = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** The GPU backends worth trying in this browser; software emulations of a GPU are left out. */
export async function findGpuBackends(): Promise<BackendName[]> {
  // Where WebGL is missing or emulated there is no GPU to ask WebGPU for either.
  if (!hasWebGl()) return [];
  return (await hasWebGpu()) ? ['webgpu', 'webgl'] : ['webgl'];
}

async function hasWebGpu(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<object | null> } };
  return Boolean(await gpu?.requestAdapter());
}

function hasWebGl(): boolean {
  // The worker that will compute has no document, only an OffscreenCanvas.
  if (typeof OffscreenCanvas === 'undefined') return false;
  const canvas = new OffscreenCanvas(1, 1);
  const gl = canvas.getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (!gl) return false;
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return !SOFTWARE_RENDERERS.test(renderer);
}
