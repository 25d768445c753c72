/** Stands in for a browser's caches, of which there is one, as far as the worker uses them. */
export class FakeCaches {
  private readonly contents = new Map<string, Response>();

  open(): Promise<FakeCache> {
    return Promise.resolve(new FakeCache(this.contents));
  }

  match(url: string): Promise<Response | undefined> {
    return Promise.resolve(this.contents.get(url)?.clone());
  }

  /** Changes the content of all that is kept. */
  damage(): void {
    for (const url of this.contents.keys()) this.contents.set(url, new Response('damaged'));
  }
}

class FakeCache {
  constructor(private readonly contents: Map<string, Response>) {}

  keys(): Promise<Request[]> {
    return Promise.resolve([...this.contents.keys()].map((url) => new Request(url)));
  }

  put(url: string, response: Response): Promise<void> {
    this.contents.set(url, response);
    return Promise.resolve();
  }

  delete(url: string): Promise<boolean> {
    return Promise.resolve(this.contents.delete(url));
  }
}
