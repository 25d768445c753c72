/** What the server of a demo under work says of it (builder/dev/board.py). */
export interface News {
  /** The hash of the site that is served; empty before the first. */
  readonly build: string;
  readonly busy: boolean;
  /** What keeps the demo from being built as it now is. */
  readonly problems: readonly Problem[];
}

export interface Problem {
  /** The file, with its line where that is known. */
  readonly where: string;
  readonly message: string;
  readonly remedy: string;
}

/**
 * Calls back with the latest news, and whenever there are others.
 *
 * A browser opens few connections to a server, so pages that nobody sees keep none.
 */
export function listen(url: string, onNews: (news: News) => void): void {
  let source: EventSource | undefined;
  const connect = (): void => {
    source?.close();
    source = undefined;
    if (document.visibilityState === 'hidden') return;
    source = new EventSource(url);
    source.onmessage = ({ data }: MessageEvent<string>) => {
      onNews(JSON.parse(data) as News);
    };
  };
  document.addEventListener('visibilitychange', connect);
  connect();
}
