/**
 * Compiles the kernels to WebAssembly, for processors with and without fused multiply-add, and prints
 * the TypeScript module that holds both as base64. The binaries have no memory of their own: they
 * work in that of TensorFlow.js's wasm backend, on tensors where they are.
 */
import asc from 'assemblyscript/asc';
import { Buffer } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';

const SOURCES = ['matmul.ts', 'int8.ts', 'pointwise.ts'];
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--noExportMemory'];
const FEATURES = { SIMD: ['simd'], RELAXED_SIMD: ['simd', 'relaxed-simd'] };

function readFile(name) {
  const file = new URL(name, import.meta.url);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

async function compile(features) {
  const enable = features.flatMap((feature) => ['--enable', feature]);
  let binary;
  const { error, stderr } = await asc.main(
    [...SOURCES, '-o', 'kernels.wasm', ...OPTIONS, ...enable],
    {
      readFile,
      writeFile: (_name, contents) => {
        binary = contents;
      },
    },
  );
  if (error) throw new Error(stderr.toString(), { cause: error });
  return Buffer.from(binary).toString('base64');
}

/** The contents of src/inference/kernels/generated/binaries.ts. */
export async function generateModule() {
  const lines = ['/** Compiled from wasm/ by `npm run build:wasm`; do not edit. */'];
  for (const [name, features] of Object.entries(FEATURES)) {
    lines.push(`export const ${name} =\n  '${await compile(features)}';`);
  }
  return `${lines.join('\n')}\n`;
}

if (process.argv[1] === import.meta.filename) process.stdout.write(await generateModule());
