import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { mergeResults, readResults } from '../../bench/compare/results-file.js';
import { medianResult } from '../../bench/compare/statistics.js';
import { resultsTable, shown, withTable } from '../../bench/compare/table.js';

const MACHINE = { processor: '2 × Some Processor', memoryGib: 8, node: 'v20.20.2', platform: 'linux' };
const figure = (key: string, value: number) => ({ key, name: key, value, unit: 's', goal: 1 });
const rate = (...perSecond: number[]) => medianResult(perSecond.map((each) => ({ perSecond: each, p99: 1 })));

/** The cells of a table by row, without what aligns them. */
function cellsOf(table: string): string[][] {
  return table.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('the documents', () => {
  it.each(['README.md', 'docs/performance.md'])('%s has the table of the results', async (document) => {
    const results = await readResults('bench/results/measured.json');
    const text = await readFile(document, 'utf8');
    const plain = (written: string): string => written.replaceAll(/\s+/g, ' ').replaceAll(/-{3,}/g, '---');
    expect(plain(text)).toBe(plain(withTable(text, results)));
    expect(text).toContain(results.compare?.results[0]?.name);
  });

  it('are refused without a place for the table', () => {
    expect(() => withTable('# Performance', {})).toThrow('no place for the table');
  });
});

describe('the results of several runs', () => {
  it('stand beside each other, and replace those of the same keys', () => {
    const first = mergeResults({}, MACHINE, 'start', {
      entries: 10,
      results: [figure('start', 3), figure('start-cold', 9)],
    });
    const second = mergeResults(first, MACHINE, 'soak', { results: [figure('memory', 500)] });
    const third = mergeResults(second, MACHINE, 'start', { entries: 20, results: [figure('start', 2)] });
    expect(third.start).toEqual({ entries: 20, results: [figure('start-cold', 9), figure('start', 2)] });
    expect(third.soak).toEqual({ results: [figure('memory', 500)] });
    expect(third.environment).toEqual(MACHINE);
  });

  it('of another machine are refused, of a busier one not', () => {
    const earlier = mergeResults({}, MACHINE, 'start', { results: [figure('start', 3)] });
    const merge = (machine: typeof MACHINE) => mergeResults(earlier, machine, 'soak', { results: [] });
    expect(() => merge({ ...MACHINE, node: 'v24.1.0' })).toThrow('of another machine (v20.20.2 instead of v24.1.0)');
    const busier = { ...MACHINE, loadAverage: 7 };
    expect(() => merge(busier)).not.toThrow();
  });
});

describe('the table', () => {
  it('shows what was asked first, with the spread, against others and goals', () => {
    const get = {
      key: 'get',
      name: 'REST get',
      goals: { limit: 0.55, postgraphile: 4 },
      servers: { ours: rate(900, 900), anew: rate(500, 700), limit: rate(1_000, 1_000), postgraphile: rate(200, 200) },
      halfRate: { anew: rate(300), limit: rate(500) },
    };
    const claim = {
      key: 'claim',
      name: 'claim',
      unit: ' rows/s',
      goals: { own: 10_000 },
      servers: { ours: rate(1_200) },
      halfRate: {},
    };
    const onPostgres = {
      ...get,
      goals: { postgraphile: 1.5 },
      servers: { ours: rate(900), anew: rate(300), postgraphile: rate(200) },
      halfRate: {},
    };
    const table = resultsTable({
      compare: { results: [get, claim] },
      postgres: { results: [onPostgres] },
      start: { results: [{ ...figure('start', 3.2), values: [3, 3.2, 5] }] },
    });
    expect(cellsOf(table).filter((_, line) => line !== 1)).toEqual([
      [
        'operation',
        'first time',
        '× ceiling',
        '× PostGraphile',
        'asked again',
        'p99 at half the rate, ms',
        'on PostgreSQL, × PostGraphile',
      ],
      [
        'REST get',
        '600/s ± 17 %',
        '0.60 (goal 0.55: met)',
        '3.00 (goal 4: missed)',
        '900/s ± 0 %',
        '1.00, ceiling 1.00 (goal 2 ×: met)',
        '1.50 (goal 1.5: met)',
      ],
      ['claim', '1,200 rows/s (goal 10,000: missed)', '', '', '', '', ''],
      ['start', '3.20 s ± 25 % (goal 1.00 s: missed)', '', '', '', '', ''],
    ]);
  });

  it('writes three digits that count', () => {
    expect([0.064, 1.5, 15.55, 999.6, 12_345.6].map(shown)).toEqual(['0.06', '1.50', '15.6', '1,000', '12,346']);
  });
});
