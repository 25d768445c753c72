/** The contents of src/inference/kernels/generated/binaries.ts. */
export function generateModule(): Promise<string>;
