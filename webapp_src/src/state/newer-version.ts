/** What is asked of the page around it. */
export interface NewerVersionHost {
  /** The hash of the manifest that the page uses. */
  readonly current: string;
  /** The manifest that the site has now. */
  load(): Promise<{ readonly sha256: string }>;
  onNewer(): void;
}

/**
 * Notices that the site was published again: when the visitor returns to the page, and when the network
 * does.
 */
export class NewerVersion {
  private readonly listening = new AbortController();

  constructor(private readonly host: NewerVersionHost) {}

  watch(): void {
    const { signal } = this.listening;
    const check = (): void => void this.check();
    document.addEventListener('visibilitychange', check, { signal });
    window.addEventListener('online', check, { signal });
  }

  async check(): Promise<void> {
    if (document.visibilityState === 'hidden') return;
    // Where there is no network, there is nothing newer to be had.
    const latest = await this.host.load().catch(() => undefined);
    if (!latest || latest.sha256 === this.host.current || this.listening.signal.aborted) return;
    this.close();
    this.host.onNewer();
  }

  close(): void {
    this.listening.abort();
  }
}
