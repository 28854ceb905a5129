import { describe, expect, it } from 'vitest';
import { buildsTable } from '../../bench/compare/builds-table.js';
import { commitTemplate, createFreshTexts, keyOf } from '../../bench/compare/fresh-keys.js';
import { FRESH } from '../../bench/compare/fresh.js';
import { operations, selectOperations } from '../../bench/compare/operations.js';
import { medianOf, medianResult, ratioOf } from '../../bench/compare/statistics.js';

describe('the statistics of rounds', () => {
  it('take the median, which one disturbed round does not move', () => {
    expect(medianOf([3, 1, 900])).toBe(3);
    expect(medianOf([4, 1, 900, 2])).toBe(3);
  });

  it('leave out measures that a round does not have, and keep the rounds', () => {
    const rounds = [
      { perSecond: 10, cpuMicroseconds: 5 },
      { perSecond: 20, cpuMicroseconds: 7, p99: 3 },
    ];
    expect(medianResult(rounds)).toEqual({
      perSecond: 15,
      cpuMicroseconds: 6,
      rounds: [
        { perSecond: 10, cpuMicroseconds: 5 },
        { perSecond: 20, cpuMicroseconds: 7 },
      ],
    });
  });

  it('compare rounds in pairs, as a slow minute slows both', () => {
    const base = medianResult([{ perSecond: 100 }, { perSecond: 10 }, { perSecond: 100 }]);
    const head = medianResult([{ perSecond: 200 }, { perSecond: 20 }, { perSecond: 150 }]);
    expect(ratioOf(head, base, 'perSecond')).toEqual({ median: 2, least: 1.5, most: 2 });
  });
});

describe('the operations to measure', () => {
  const all = operations(['feedback-1', 'feedback-2']);
  const keysOf = (only?: string): string[] => selectOperations(all, only).map(({ key }) => key);

  it('have keys of their own', () => {
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
    expect(keysOf()).toEqual(all.map(({ key }) => key));
  });

  it('submit nothing twice, which would change nothing', () => {
    const bodies = all
      .filter(({ key }) => key === 'submit' || key === 'batch')
      .flatMap(({ jobs }) => jobs['ours'] ?? [])
      .map(({ body = '' }) => body);
    expect(bodies.length).toBeGreaterThan(1_000);
    for (const body of bodies) {
      const interactions = body.match(/"interaction_id":"[^"]*"/g) ?? [];
      expect(interactions.length).toBeGreaterThan(0);
      expect(interactions.every((interaction) => interaction.includes(FRESH))).toBe(true);
      expect(new Set(interactions).size).toBe(interactions.length);
    }
  });

  it('are chosen by keys or by parts of their names', () => {
    expect(keysOf('submit,get')).toEqual(['get', 'submit']);
    expect(keysOf('GraphQL')).toEqual(['one', 'small-page', 'page', 'lineage']);
    expect(() => keysOf('get,nothing')).toThrow("Nothing to measure is called 'nothing': get, list");
  });
});

describe('keys like those that were recorded', () => {
  const FEEDBACK = '01a22c22-616e-70d7-a4f5-0cce916e94b7';
  const EVENT = '01a22c22-616e-70d7-a4f5-104efb78cab2';
  const recorded: [string, string][] = [
    [`index:default:i=interaction-1001003:d:feedback-${FEEDBACK}`, ''],
    [`help_feedback:default:feedback-${FEEDBACK}`, Buffer.from('the record').toString('base64')],
    [`audit_of:default:feedback-${FEEDBACK}:${EVENT}`, ''],
    ['vote:default:MPfYhUS5kkOBTvZl72H4Rg', ''],
    ['change:default:0000000000000005', ''],
    ['count:default:a=adapter-005:d', 'AQ=='],
  ];
  const { changing, entries } = commitTemplate(recorded);
  const fresh = createFreshTexts(() => 1_800_000_000_000);
  const keysOf = (texts: readonly string[]): string[] => entries.map(({ parts }) => keyOf(parts, texts));

  it('are the recorded ones, in their order, with the texts that were recorded', () => {
    expect(keysOf(changing)).toEqual(recorded.map(([key]) => key).sort());
    expect(entries.find(({ value }) => value.toString() === 'the record')).toBeDefined();
  });

  it('are as long, below the same prefixes, and others in each commit', () => {
    const first = keysOf(fresh(changing));
    const second = keysOf(fresh(changing));
    const lengths = keysOf(changing).map((key) => key.length);
    const prefixes = keysOf(changing).map((key) => key.split(':', 2).join(':'));
    for (const keys of [first, second]) {
      expect(keys.map((key) => key.length)).toEqual(lengths);
      expect(keys.map((key) => key.split(':', 2).join(':'))).toEqual(prefixes);
    }
    const counter = 'count:default:a=adapter-005:d';
    expect(first.filter((key) => second.includes(key))).toEqual([counter]);
  });

  it('name the same entry everywhere, by ids in the order of time', () => {
    const idsOf = (keys: readonly string[]): string[] => [
      ...new Set(keys.flatMap((key) => key.match(/feedback-[0-9a-f-]{36}/) ?? [])),
    ];
    const ids = [1, 2, 3].map(() => idsOf(keysOf(fresh(changing))));
    expect(ids.map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(ids.flat()).toEqual(ids.flat().sort());
    expect(new Set(ids.flat()).size).toBe(3);
  });
});

describe('the table of two builds', () => {
  it('shows what a request costs each, and how many times the other', () => {
    const base = medianResult([
      { perSecond: 1_000, p99: 10, cpuMicroseconds: 200 },
      { perSecond: 1_000, p99: 30, cpuMicroseconds: 200 },
    ]);
    const head = medianResult([
      { perSecond: 2_000, p99: 10, cpuMicroseconds: 100 },
      { perSecond: 1_000, p99: 15, cpuMicroseconds: 120 },
    ]);
    const rows = medianResult([{ perSecond: 5_000 }]);
    expect(
      buildsTable([
        { name: 'get', servers: { base, head }, halfRate: {} },
        { name: 'claim, rows', servers: { base: rows, head: rows }, halfRate: {} },
      ]).split('\n'),
    ).toEqual([
      '| operation | build | CPU, µs | × base (spread) | requests/s | × base (spread) | p99, ms | × base (spread) |',
      '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |',
      '| get | base | 200 |  | 1,000 |  | 20.0 |  |',
      '| get | head | 110 | 0.55 (0.50–0.60) | 1,500 | 1.50 (1.00–2.00) | 12.5 | 0.75 (0.50–1.00) |',
      '| claim, rows | base |  |  | 5,000 |  |  |  |',
      '| claim, rows | head |  |  | 5,000 | 1.00 (1.00–1.00) |  |  |',
    ]);
  });
});
