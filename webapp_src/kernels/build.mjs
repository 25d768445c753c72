/**
 * Compiles matmul.ts to WebAssembly, for processors with and without fused multiply-add, and prints
 * the TypeScript module that holds both as base64.
 */
import asc from 'assemblyscript/asc';
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';

const SOURCE = new URL('matmul.ts', import.meta.url);
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--noExportMemory'];
const FEATURES = { SIMD: ['simd'], RELAXED_SIMD: ['simd', 'relaxed-simd'] };

async function compile(features) {
  const enable = features.flatMap((feature) => ['--enable', feature]);
  let binary;
  const { error, stderr } = await asc.main(
    ['matmul.ts', '-o', 'matmul.wasm', ...OPTIONS, ...enable],
    {
      readFile: (name) => (name === 'matmul.ts' ? readFileSync(SOURCE, 'utf8') : null),
      writeFile: (_name, contents) => {
        binary = contents;
      },
    },
  );
  if (error) throw new Error(stderr.toString(), { cause: error });
  return Buffer.from(binary).toString('base64');
}

/** The contents of src/kernels/generated/matmul.ts. */
export async function generateModule() {
  const lines = ['/** Compiled from kernels/matmul.ts by `npm run build:kernels`; do not edit. */'];
  for (const [name, features] of Object.entries(FEATURES)) {
    lines.push(`export const ${name} =\n  '${await compile(features)}';`);
  }
  return `${lines.join('\n')}\n`;
}

if (process.argv[1] === import.meta.filename) process.stdout.write(await generateModule());
