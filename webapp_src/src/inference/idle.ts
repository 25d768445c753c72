/** Runs a task when the page has nothing better to do; never for visitors who save data. */
export function whenIdle(task: () => void): void {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  if (connection?.saveData) return;
  if ('requestIdleCallback' in window) requestIdleCallback(task, { timeout: 5000 });
  // Safari has no idle callback.
  else setTimeout(task, 1500);
}
