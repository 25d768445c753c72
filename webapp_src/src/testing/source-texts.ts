/**
 * The texts in the code that catalogues translate, for the test that finds none missing. The page
 * for authors speaks English.
 */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const SOURCES = new URL('../', import.meta.url).pathname;
const TEMPLATES = new URL('../../../templates/', import.meta.url).pathname;

export interface SourceTexts {
  /** What is wrapped in `msg()`, or in `_()` in a template of a page. */
  readonly messages: ReadonlySet<string>;
  /** What errors are made with. */
  readonly errors: ReadonlySet<string>;
  /** All texts, whatever they are for. */
  readonly all: ReadonlySet<string>;
}

export function readSourceTexts(): SourceTexts {
  const messages = new Set<string>();
  const errors = new Set<string>();
  const all = new Set<string>();
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== undefined) all.add(text);
    if (ts.isCallExpression(node) && node.expression.getText() === 'msg') {
      messages.add(requireText(node.arguments[0]));
    }
    if (ts.isNewExpression(node) && node.expression.getText().endsWith('Error')) {
      const [made] = node.arguments ?? [];
      for (const error of made ? textsIn(made) : []) errors.add(error);
    }
    ts.forEachChild(node, visit);
  };
  for (const name of listFiles(SOURCES, '.ts')) {
    if (/\.test\.ts$|^(generated|pages\/dev|testing)\//.test(name)) continue;
    visit(parse(`${SOURCES}${name}`));
  }
  for (const name of listFiles(TEMPLATES, '.j2')) {
    const template = readFileSync(`${TEMPLATES}${name}`, 'utf8');
    for (const [, text = ''] of template.matchAll(/\b_\("([^"]*)"/g)) messages.add(text);
  }
  return { messages, errors, all: new Set([...all, ...messages]) };
}

function listFiles(folder: string, suffix: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(suffix));
}

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
}

/** A text with `{0}` and `{1}` in the places of its values; undefined for anything else. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTaggedTemplateExpression(node)) return textOf(node.template);
  if (ts.isTemplateExpression(node)) {
    const spans = node.templateSpans.map(({ literal }, i) => `{${i}}${literal.text}`);
    return node.head.text + spans.join('');
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textOf(node.left), textOf(node.right)];
    return left === undefined || right === undefined ? undefined : join(left, right);
  }
  return undefined;
}

/** The second text after the first, with its places counted on. */
function join(left: string, right: string): string {
  const count = left.match(/\{\d\}/g)?.length ?? 0;
  return left + right.replaceAll(/\{(\d)\}/g, (_, i: string) => `{${count + Number(i)}}`);
}

/** The text, or the texts of both branches of a condition. */
function textsIn(node: ts.Expression): string[] {
  if (ts.isConditionalExpression(node)) {
    return [...textsIn(node.whenTrue), ...textsIn(node.whenFalse)];
  }
  const text = textOf(node);
  return text === undefined ? [] : [text];
}

function requireText(node: ts.Node | undefined): string {
  const text = node && textOf(node);
  if (text === undefined) throw new Error(`msg(${node?.getText() ?? ''}) has no text of its own.`);
  return text;
}
