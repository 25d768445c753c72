import theme from '../../components/theme.css?inline';
import themeDark from '../../components/theme-dark.css?inline';
import styles from './problems.css?inline';
import type { Problem } from './news';

let panel: HTMLElement | undefined;

/** Shows problems over the foot of the page, whatever page it is; none takes them away. */
export function showProblems(problems: readonly Problem[]): void {
  panel?.remove();
  panel = undefined;
  if (problems.length === 0) return;
  panel = document.createElement('aside');
  panel.dataset['scheme'] = 'dark';
  const root = panel.attachShadow({ mode: 'open' });
  // A page's policy may refuse styles in its markup, but not these.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`${theme} @media (prefers-color-scheme: dark) { ${themeDark} } ${styles}`);
  root.adoptedStyleSheets = [sheet];
  const box = append(root, 'section');
  box.tabIndex = 0;
  box.role = 'alert';
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  append(box, 'h2', `Not built: ${count}`);
  const list = append(box, 'ul');
  for (const { where, message, remedy } of problems) {
    const item = append(list, 'li');
    if (where) append(item, 'code', where);
    append(item, 'p', message);
    if (remedy) append(item, 'p', remedy).className = 'remedy';
  }
  document.body.append(panel);
}

function append<K extends keyof HTMLElementTagNameMap>(
  parent: ParentNode,
  name: K,
  text = '',
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  element.textContent = text;
  parent.append(element);
  return element;
}
