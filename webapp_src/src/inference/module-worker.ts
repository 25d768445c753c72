/** The page's security policy requires Trusted Types: only this may name a script to run. */
const policy = window.trustedTypes?.createPolicy('lit-demo-worker', {
  createScriptURL: (url: string) => url,
});

/**
 * A worker that runs a script of this site.
 *
 * @throws Error with a sentence if the page may not start one.
 */
export function startModuleWorker({ href }: URL, name: string): Worker {
  const url = policy?.createScriptURL(href) ?? href;
  try {
    const worker = new Worker(url as string, { type: 'module', name });
    worker.addEventListener('error', ({ message }) => {
      // There was no script: the browser may keep that, and another attempt would meet it again.
      if (!message) fetch(href, { cache: 'reload' }).catch(() => undefined);
    });
    return worker;
  } catch {
    throw new Error(
      'This page is shown in a frame that lets it compute nothing new. Open it in a tab of its own.',
    );
  }
}
