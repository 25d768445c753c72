/** The contents of src/kernels/generated/matmul.ts. */
export function generateModule(): Promise<string>;
