/** Whether the visitor asked the browser to save data: then nothing is loaded ahead of need. */
export function savesData(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  return connection?.saveData ?? false;
}
