import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['{src,library,node,service-worker}/**/*.test.ts'] },
});
