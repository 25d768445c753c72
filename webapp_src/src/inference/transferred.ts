/** Bytes that came from the network for this page or worker; what the browser had kept is not counted. */
export function transferredBytes(): number {
  const kinds = ['navigation', 'resource'];
  const entries = kinds.flatMap((kind) => performance.getEntriesByType(kind));
  return (entries as PerformanceResourceTiming[]).reduce(
    (sum, { transferSize }) => sum + transferSize,
    0,
  );
}
