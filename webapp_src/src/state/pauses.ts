/** Actions that wait until nothing has happened to their key for a while, such as typing. */
export class Pauses<Key> {
  private readonly timers = new Map<Key, ReturnType<typeof setTimeout>>();

  constructor(private readonly milliseconds: number) {}

  /** Waits from now on, instead of from the last call with this key. */
  await(key: Key, action: () => void): void {
    this.cancel(key);
    const run = (): void => {
      this.timers.delete(key);
      action();
    };
    this.timers.set(key, setTimeout(run, this.milliseconds));
  }

  cancel(key: Key): void {
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
  }

  cancelAll(): void {
    for (const key of [...this.timers.keys()]) this.cancel(key);
  }
}
