/**
 * Says in the page's HTML which language the visitor wants, where the author leaves that to visitors: what
 * was chosen here before, else the first that the browser asks for. A classic script of its own that runs
 * before anything is drawn, so that nothing moves when the page begins to speak.
 */
(() => {
  const CHOICE = 'lit-demo language';

  const readChoice = (): string[] => {
    try {
      return [localStorage.getItem(CHOICE) ?? ''];
    } catch {
      // Browsers may keep nothing for a page.
      return [];
    }
  };

  const { documentElement: page } = document;
  const offered = page.dataset['languages']?.split(' ') ?? [];
  for (const tag of [...readChoice(), ...navigator.languages]) {
    const [code = ''] = tag.toLowerCase().split('-');
    if (!offered.includes(code)) continue;
    page.lang = code;
    page.dir = code === 'ar' ? 'rtl' : 'ltr';
    return;
  }
})();
