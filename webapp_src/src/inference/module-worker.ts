/** The page's security policy requires Trusted Types: only this may name a script to run. */
const policy = window.trustedTypes?.createPolicy('lit-demo-worker', {
  createScriptURL: (url: string) => url,
});

/** An address as the page's security policy wants it, of a script that may run as a worker. */
export function trustScript(href: string): string {
  return (policy?.createScriptURL(href) ?? href) as string;
}

/** Where a worker's code comes from. */
export interface WorkerScript {
  /**
   * Starts a worker of that name.
   *
   * @throws Error with a sentence if the page may not start one.
   */
  start(name: string): Worker;
  /** Asks the server for the script past the browser's cache, and says whether there is one. */
  renew(): Promise<boolean>;
}

/** A script of the site that this module is from. */
export function moduleScript({ href, origin }: URL): WorkerScript {
  let url: string | undefined;
  return {
    start(name) {
      try {
        url ??= trustScript(origin === location.origin ? href : importFrom(href));
        return new Worker(url, { type: 'module', name });
      } catch {
        throw new Error(
          'This page is shown in a frame that lets it compute nothing new. Open it in a tab of its own.',
        );
      }
    },
    async renew() {
      const response = await fetch(href, { cache: 'reload' }).catch(() => undefined);
      return response?.ok ?? false;
    },
  };
}

/** Pages may not start a worker of another origin, but one of theirs may import it. */
function importFrom(href: string): string {
  const code = `import ${JSON.stringify(href)};`;
  return URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
}
