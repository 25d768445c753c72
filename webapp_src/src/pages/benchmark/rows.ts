import { formatMegabytes } from '../../components/format';
import type { Measurement } from './measure';

/** Headings of `formatCells`, in its order. */
export const HEADINGS = [
  'Model',
  'Backend',
  'Input',
  'Download',
  'Load',
  'First',
  'Median',
  'Memory',
] as const;

/** A measurement as the cells of a table's row. */
export function formatCells(measured: Measurement): string[] {
  return [
    measured.model,
    measured.backend,
    measured.input,
    formatMegabytes(measured.bytes),
    formatTime(measured.load),
    formatTime(measured.first),
    formatTime(measured.median),
    formatMegabytes(measured.memory),
  ];
}

/** All measurements as a Markdown table, each row with the device it was made on. */
export function toMarkdown(measurements: readonly Measurement[], device: string): string {
  const lines = [
    [...HEADINGS, 'Device'],
    Array.from({ length: HEADINGS.length + 1 }, () => '---'),
    ...measurements.map((measured) => [...formatCells(measured), device]),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

const BROWSERS = [
  /(?:Edg|OPR|Firefox|FxiOS|CriOS)\/\d+/,
  /(?:Headless)?Chrome\/\d+/,
  /Version\/[\d.]+ (?:Mobile\/\w+ )?Safari/,
];

/** The browser, and what it says about the machine, in a few words. */
export function describeDevice({
  userAgent,
  hardwareConcurrency,
}: Pick<Navigator, 'userAgent' | 'hardwareConcurrency'>): string {
  const system = /\(([^;)]+)[;)]/.exec(userAgent)?.[1] ?? 'unknown system';
  // Most browsers also name their ancestors, before or after themselves.
  const browser = BROWSERS.map((name) => name.exec(userAgent)?.[0]).find(Boolean);
  return `${browser?.replace('/', ' ') ?? 'unknown browser'}, ${system}, ${hardwareConcurrency} threads`;
}

function formatTime(milliseconds: number): string {
  return `${milliseconds.toFixed(milliseconds < 100 ? 1 : 0)} ms`;
}
