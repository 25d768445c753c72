/** The machine's limits in WebAssembly; see wasm/peak.ts. */
const PAGE_BYTES = 65_536;
const STEPS = 1_000_000;
/** Vectors that a step multiplies, and numbers in a vector. */
const FLOATS = 8 * 4;
const INTEGERS = 8 * 16;

interface PeakModule {
  multiplyAdds(steps: number, at: number): void;
  integerMultiplyAdds(steps: number, at: number): void;
  read(from: number, bytes: number, at: number): void;
}

interface Peak {
  /** Multiply-adds of float32 in a second, on vectors of 128 bits. */
  readonly multiplyAdds: number;
  /** Multiply-adds of bytes in a second, likewise. */
  readonly integerMultiplyAdds: number;
  /** Bytes in a second when the same `bytes` are read again and again. */
  readonly bytes: number;
}

/** The best that `runs` show. */
export async function measurePeak(bytes: number, runs: number): Promise<Peak> {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) + 1 });
  new Uint8Array(memory.buffer).fill(1);
  const response = await fetch('peak.wasm');
  const { instance } = await WebAssembly.instantiate(await response.arrayBuffer(), {
    env: { memory },
  });
  const module = instance.exports as unknown as PeakModule;
  const computing = findBest(runs, () => {
    module.multiplyAdds(STEPS, 0);
  });
  const reading = findBest(runs, () => {
    module.read(PAGE_BYTES, bytes, 0);
  });
  const computingIntegers = findBest(runs, () => {
    module.integerMultiplyAdds(STEPS, 0);
  });
  return {
    multiplyAdds: (STEPS * FLOATS) / computing,
    integerMultiplyAdds: (STEPS * INTEGERS) / computingIntegers,
    bytes: bytes / reading,
  };
}

/** Seconds that the fastest of `runs` takes. */
function findBest(runs: number, work: () => void): number {
  const seconds = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return (performance.now() - start) / 1000;
  });
  return Math.min(...seconds);
}
