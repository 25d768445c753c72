/** The page's security policy requires Trusted Types: only this may name a script to run. */
const policy = window.trustedTypes?.createPolicy('lit-demo-worker', {
  createScriptURL: (url: string) => url,
});

/** A worker that runs a script of this site. */
export function startModuleWorker({ href }: URL, name: string): Worker {
  const url = policy?.createScriptURL(href) ?? href;
  return new Worker(url as string, { type: 'module', name });
}
