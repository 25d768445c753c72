/**
 * Says why a page has not started, in the sentence that it shows until it has. A classic script of its
 * own, since that runs where modules do not: from a file, and in a frame without an origin.
 */
(() => {
  const sentence = document.querySelector('.unstarted');
  if (!sentence) return;

  const RELOADED = 'lit-demo reloaded';
  const PAUSE_MS = 60_000;

  const explain = (text: string): void => {
    sentence.textContent = text;
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
    explain(
      'Browsers do not let a page compute that is opened from a file. Run “lit-demo serve” with the ' +
        'name of its folder, or any other web server there, and open the address that it gives.',
    );
    return;
  }
  addEventListener(
    'error',
    ({ target }) => {
      if (!(target instanceof HTMLScriptElement)) {
        if (target === window)
          explain('This page could not start. Reload it, or try a newer browser.');
      } else if (self.origin === 'null') {
        explain(
          'This page is shown in a frame that keeps it from starting. Open it in a tab of its own.',
        );
      } else {
        renewScripts().catch(() => undefined);
        explain(
          'A part of this page is missing or was blocked, so it could not start. Reload it; if that does not ' +
            'help, allow its scripts in your browser, or upload the site again.',
        );
      }
    },
    true,
  );
})();
