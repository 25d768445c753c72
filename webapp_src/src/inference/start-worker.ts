import workerUrl from './worker?worker&url';

/** The page's security policy asks for Trusted Types: only this may name a script to run. */
const policy = window.trustedTypes?.createPolicy('lit-demo-worker', {
  createScriptURL: (url: string) => url,
});

/** A worker that answers `WorkerApi`. */
export function startWorker(): Worker {
  const { href } = new URL(workerUrl, import.meta.url);
  const url = policy?.createScriptURL(href) ?? href;
  return new Worker(url as string, { type: 'module', name: 'lit-demo-encoder' });
}
