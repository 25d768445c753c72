import type { GpuBackend } from './backends';

/** Renderers on the CPU that some browsers pass off as hardware. */
const SOFTWARE_RENDERERS = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Whether this browser has each backend, the most promising first, given that it has WebGL. */
const PROBES: Readonly<Record<GpuBackend, () => boolean | Promise<boolean>>> = {
  webgpu: hasWebGpu,
  webgl: () => true,
};

/** The GPU backends worth trying in this browser; software emulations of a GPU are left out. */
export async function findGpuBackends(): Promise<GpuBackend[]> {
  // Where WebGL is missing or emulated there is no GPU to ask the others for either.
  if (!hasWebGl()) return [];
  const found: GpuBackend[] = [];
  for (const [name, probe] of Object.entries(PROBES)) {
    if (await probe()) found.push(name as GpuBackend);
  }
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
  const gl = canvas.getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (!gl) return false;
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return !SOFTWARE_RENDERERS.test(renderer);
}
