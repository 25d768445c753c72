import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('is what the generator makes of the schema', { timeout: 30_000 }, async () => {
  const script = fileURLToPath(
    new URL('../../scripts/generate-manifest-types.mjs', import.meta.url),
  );
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  expect(await readFile(new URL('manifest.ts', import.meta.url), 'utf8')).toBe(stdout);
});
