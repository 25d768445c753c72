import type { Backend } from '../generated/manifest';

/**
 * What pages know about each backend, the first choice first. start-backend.ts says how each one is
 * started: that code belongs to the workers, and importing it here would put a second copy of every
 * backend into each page.
 */
const BACKENDS = {
  wasm: { isGpu: false },
  webgl: { isGpu: true },
  webgpu: { isGpu: true },
  cpu: { isGpu: false },
} as const satisfies Readonly<Record<Backend, { readonly isGpu: boolean }>>;

/** A backend that computes on the GPU. */
export type GpuBackend = {
  [Name in Backend]: (typeof BACKENDS)[Name]['isGpu'] extends true ? Name : never;
}[Backend];

export const BACKEND_NAMES = Object.keys(BACKENDS) as readonly Backend[];

/** The backends that need no GPU, the fastest first: the floor of every browser, and of Node. */
export const FLOOR_BACKENDS = BACKEND_NAMES.filter((name) => !BACKENDS[name].isGpu);

export function isBackend(name: string): name is Backend {
  return Object.hasOwn(BACKENDS, name);
}
