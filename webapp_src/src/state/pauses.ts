/** Actions that wait until nothing has happened to their key for a while, such as typing. */
export class Pauses {
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();

  constructor(private readonly milliseconds: number) {}

  /** Waits from now on, instead of from the last call with this key. */
  await(key: number, action: () => void): void {
    this.cancel(key);
    const run = (): void => {
      this.timers.delete(key);
      action();
    };
    this.timers.set(key, setTimeout(run, this.milliseconds));
  }

  cancel(key: number): void {
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
  }

  cancelAll(): void {
    for (const key of [...this.timers.keys()]) this.cancel(key);
  }
}
