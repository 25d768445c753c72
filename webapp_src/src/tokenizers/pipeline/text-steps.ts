import type { MapStep, PipelineModel } from '../../generated/manifest';
import { ClusterRewriter } from './cluster-rewriter';
import { HtmlDecoder } from './html';
import { compilePattern, matchAny, type Classes } from './patterns';

export type TextStep = PipelineModel['normalizer'][number];
type LineStep = Extract<TextStep, { kind: 'fix-text' }>['steps'][number];

/** What becomes of a text; `atStart` if nothing of the whole text is before it. */
export type Rewrite = (text: string, atStart: boolean) => string;

/** All steps of a list, one after the other. */
export function compileSteps(
  steps: readonly TextStep[],
  { classes, html }: Pick<PipelineModel, 'classes' | 'html'>,
): Rewrite {
  const decoder = html ? new HtmlDecoder(html) : undefined;
  return chain(steps.map((step) => compileStep(step, classes, decoder)));
}

function chain(rewrites: readonly Rewrite[]): Rewrite {
  return (text, atStart) => rewrites.reduce((before, rewrite) => rewrite(before, atStart), text);
}

function compileStep(step: TextStep, classes: Classes, html: HtmlDecoder | undefined): Rewrite {
  switch (step.kind) {
    case 'replace':
      return compileReplace(step, classes);
    case 'space-around': {
      const characters = matchAny(step.characters);
      return (text) => text.replace(characters, ' $& ');
    }
    case 'map':
      return compileMap(step);
    case 'normal-form': {
      // Characters that only the browser's version of Unicode knows stay as they are.
      const runs = matchAny(step.characters, '+');
      return (text) => text.replace(runs, (run) => run.normalize(step.form));
    }
    case 'final-sigma':
      return compileFinalSigma(step.cased, step.ignorable);
    case 'charsmap': {
      const rewriter = new ClusterRewriter(step);
      return (text) => rewriter.rewrite(text);
    }
    case 'unescape':
      return (text) => html?.unescape(text) ?? text;
    case 'fix-text': {
      const line = chain(step.steps.map((part: LineStep) => compileStep(part, classes, html)));
      return (text) => fixLines(text, line, html);
    }
  }
}

/** A replacement, taken literally. */
export function compileReplace(
  step: { pattern: string; content: string; atStart: boolean },
  classes: Classes,
): Rewrite {
  const pattern = compilePattern(step.pattern, classes);
  const replace = (text: string): string => text.replace(pattern, () => step.content);
  return step.atStart ? (text, atStart) => (atStart ? replace(text) : text) : replace;
}

function compileMap({ removed, runs, others }: MapStep): Rewrite {
  const table = new Map(Object.entries(others));
  for (let i = 0; i < runs.length; i += 4) {
    const [first = 0, last = 0, stride = 1, shift = 0] = runs.slice(i, i + 4);
    for (let code = first; code <= last; code += stride)
      table.set(String.fromCodePoint(code), String.fromCodePoint(code + shift));
  }
  const codes = Array.from(table.keys(), (char) => char.codePointAt(0) ?? 0);
  const changed = matchAny([...removed, ...codes.flatMap((code) => [code, code])]);
  return (text) => text.replace(changed, (char) => table.get(char) ?? '');
}

function compileFinalSigma(cased: readonly number[], ignorable: readonly number[]): Rewrite {
  const [letter, passed] = [matchAny(cased).source, matchAny(ignorable).source];
  const final = new RegExp(`(?<=${letter}${passed}*)\u03a3(?!${passed}*${letter})`, 'gu');
  return (text) => (text.includes('\u03a3') ? text.replace(final, '\u03c2') : text);
}

function fixLines(text: string, fix: Rewrite, html: HtmlDecoder | undefined): string {
  let unescape = true;
  return text.replace(/[^\n]*\n|[^\n]+/g, (line) => {
    unescape &&= !line.includes('<');
    for (let before = ''; before !== line;) {
      before = line;
      line = fix(unescape && html ? html.unescapeStrictly(line) : line, false);
    }
    return line;
  });
}
