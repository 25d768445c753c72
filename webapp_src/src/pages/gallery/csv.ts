import type { Picture } from './records';

/** A picture in a list, counted from 1, with how alike it is to what was looked for. */
export interface Listed {
  readonly picture: Picture;
  readonly similarity: number | undefined;
}

const HEADINGS = [
  'place',
  'id',
  'description',
  'similarity',
  'author',
  'license',
  'source',
  'address',
];

/** A list of pictures as CSV, after RFC 4180, with a mark by which programs know its letters. */
export function toCsv(list: readonly Listed[]): string {
  const rows = list.map(({ picture, similarity }, i) => [
    `${i + 1}`,
    picture.id,
    picture.description,
    similarity === undefined ? '' : similarity.toFixed(4),
    picture.author,
    picture.license,
    picture.source,
    picture.address,
  ]);
  return `\uFEFF${[HEADINGS, ...rows].map(formatRow).join('')}`;
}

function formatRow(cells: readonly (string | null)[]): string {
  return `${cells.map(formatCell).join(',')}\r\n`;
}

/** A spreadsheet would compute what begins like a formula, whoever wrote it. */
function formatCell(cell: string | null): string {
  if (cell === null) return '';
  const isNumber = /^-?\d+(\.\d+)?$/.test(cell);
  const harmless = /^[=+\-@\t\r]/.test(cell) && !isNumber ? `'${cell}` : cell;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
