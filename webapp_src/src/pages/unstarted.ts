/**
 * Says why a page has not started, in the sentence that it shows until it has. A classic script of its
 * own, since that runs where modules do not: from a file, and in a frame without an origin.
 */
(() => {
  const sentence = document.querySelector<HTMLElement>('.unstarted');
  if (!sentence) return;

  const RELOADED = 'lit-demo reloaded';
  const PAUSE_MS = 60_000;

  /** Says why in the page's language: its HTML has a sentence for each reason. */
  const explain = (reason: 'file' | 'failed' | 'framed' | 'missing'): void => {
    sentence.textContent = sentence.dataset[reason] ?? '';
    sentence.closest('.fallback')?.classList.add('explained');
  };

  /**
   * The browser may keep what was wrong, or that something was missing, and a reload would use that:
   * asks for all scripts anew and, if they are right now, reloads, but not again and again.
   */
  const renewScripts = async (): Promise<void> => {
    const named = document.querySelectorAll<HTMLScriptElement | HTMLLinkElement>(
      'script[integrity], link[integrity]',
    );
    const answers = Array.from(named, async (element) => {
      const url = element instanceof HTMLScriptElement ? element.src : element.href;
      return (await fetch(url, { cache: 'reload', integrity: element.integrity })).ok;
    });
    if ((await Promise.all(answers)).includes(false)) return;
    const last = Number(sessionStorage.getItem(RELOADED));
    if (Date.now() - last < PAUSE_MS) return;
    sessionStorage.setItem(RELOADED, String(Date.now()));
    location.reload();
  };

  if (location.protocol === 'file:') {
    explain('file');
    return;
  }
  addEventListener(
    'error',
    ({ target }) => {
      if (!(target instanceof HTMLScriptElement)) {
        if (target === window) explain('failed');
      } else if (self.origin === 'null') {
        explain('framed');
      } else {
        renewScripts().catch(() => undefined);
        explain('missing');
      }
    },
    true,
  );
})();
