/** What browsers with the Network Information API say. */
interface Connection {
  readonly saveData?: boolean;
  readonly effectiveType?: string;
}

const SLOW = ['slow-2g', '2g'];

/** Whether nothing should be loaded ahead of need: the visitor saves data, or the network is slow. */
export function sparesNetwork(): boolean {
  const { connection } = navigator as { connection?: Connection };
  return (connection?.saveData ?? false) || SLOW.includes(connection?.effectiveType ?? '');
}
