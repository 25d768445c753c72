import { describe, expect, it } from 'vitest';
import type { Measurement } from './measure';
import { describeDevice, formatCells, HEADINGS, toMarkdown } from './rows';

const MEASURED: Measurement = {
  model: 'mini-tiny',
  backend: 'wasm',
  batch: 5,
  runs: 30,
  input: '5x16',
  bytes: 7_512_000,
  load: 312.4,
  first: 40.26,
  median: 12.04,
  memory: 31_000_000,
};

describe('a measurement as text', () => {
  it('has a cell for each heading', () => {
    expect(formatCells(MEASURED)).toEqual([
      'mini-tiny',
      'wasm',
      '5x16',
      '7.5 MB',
      '312 ms',
      '40.3 ms',
      '12.0 ms',
      '31.0 MB',
    ]);
    expect(HEADINGS).toHaveLength(formatCells(MEASURED).length);
  });

  it('is a row of a Markdown table that names the device', () => {
    const lines = toMarkdown([MEASURED, MEASURED], 'Chrome 150').trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/^\| --- (\| --- )+\|$/);
    expect(lines[3]).toContain('| 12.0 ms | 31.0 MB | Chrome 150 |');
  });
});

describe('the device', () => {
  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
      'Chrome 150, X11, 8 threads',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0',
      'Edg 150, Windows NT 10.0, 8 threads',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
      'Version 18.5 Mobile/15E148 Safari, iPhone, 8 threads',
    ],
    [
      'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'Firefox 140, X11, 8 threads',
    ],
    ['something', 'unknown browser, unknown system, 8 threads'],
  ])('is named from %s', (userAgent, expected) => {
    expect(describeDevice({ userAgent, hardwareConcurrency: 8 })).toBe(expected);
  });
});
