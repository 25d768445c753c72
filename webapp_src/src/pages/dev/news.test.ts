// @vitest-environment happy-dom
import { expect, it, vi } from 'vitest';
import { listen, type News } from './news';
import { showProblems } from './problems';

class FakeSource {
  static readonly open: FakeSource[] = [];
  onmessage: ((event: MessageEvent<string>) => void) | undefined;

  constructor(readonly url: string) {
    FakeSource.open.push(this);
  }

  close(): void {
    FakeSource.open.splice(FakeSource.open.indexOf(this), 1);
  }
}

function see(state: DocumentVisibilityState): void {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state);
  document.dispatchEvent(new Event('visibilitychange'));
}

it('hears news while the page is seen', () => {
  vi.stubGlobal('EventSource', FakeSource);
  const heard: News[] = [];
  listen('/news', (news) => heard.push(news));
  const news = { build: 'one', busy: false, problems: [] };
  FakeSource.open[0]?.onmessage?.(new MessageEvent('message', { data: JSON.stringify(news) }));
  expect(heard).toEqual([news]);
  see('hidden');
  expect(FakeSource.open).toEqual([]);
  see('visible');
  expect(FakeSource.open.map(({ url }) => url)).toEqual(['/news']);
});

it('shows problems until there are none, as they are written', () => {
  const where = 'demo.toml:3: title';
  showProblems([{ where, message: 'is <b>', remedy: 'Mend it.' }]);
  showProblems([
    { where, message: 'is <b>', remedy: 'Mend it.' },
    { where: '', message: 'no memory', remedy: '' },
  ]);
  const panels = [...document.body.children].map((panel) => panel.shadowRoot);
  const items = [...(panels[0]?.querySelectorAll('li') ?? [])];
  expect(panels).toHaveLength(1);
  expect(items.map((item) => [...item.children].map((part) => part.textContent))).toEqual([
    [where, 'is <b>', 'Mend it.'],
    ['no memory'],
  ]);
  showProblems([]);
  expect(document.body.children).toHaveLength(0);
});
