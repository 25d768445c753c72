/** The contents of src/kernels/generated/binaries.ts. */
export function generateModule(): Promise<string>;
