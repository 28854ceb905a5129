import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseLocation } from '../../src/store/engines.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { createTestDatabase } from '../support/postgres/shared.js';
import { startTestServer } from '../support/server.js';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<string, string>>;
}

/** A query, and whether it is only for servers over PostgreSQL. */
interface Query {
  readonly where: string;
  readonly expr: string;
  readonly ofPostgres: boolean;
  /** What its labels are shown by. */
  readonly shown: string;
}

const dashboard = JSON.parse(readFileSync('ops/grafana/feedback-graph.json', 'utf8')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
};
const rules = parse(readFileSync('ops/prometheus/feedback-graph.rules.yaml', 'utf8')) as {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Alert[] }[];
};

/** The kind of each metric and its labels, by its name. */
type Scraped = ReadonlyMap<string, { readonly type: string; readonly labels: ReadonlySet<string> }>;

/** What Prometheus adds itself, and the bounds of buckets. */
const OWN_LABELS = ['job', 'instance'];
/** Of the store, not of the process: they go on where it was restarted, and go down where it is restored. */
const COUNTED_GAUGES = ['feedback_graph_store_commits'];

function readScrape(text: string): Scraped {
  const metrics = new Map<string, { readonly type: string; readonly labels: Set<string> }>();
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    for (const end of type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']) {
      metrics.set(name + end, { type, labels: new Set() });
    }
  }
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? /gm)) {
    for (const [, label = ''] of labels.matchAll(/(?:^|,)(\w+)="/g)) metrics.get(name)?.labels.add(label);
  }
  return metrics;
}

async function scrape(store?: string): Promise<Scraped> {
  const location = store === undefined ? undefined : parseLocation(store);
  const server = await startTestServer(location === undefined ? {} : { store: location });
  try {
    await server.call('POST', BASE, { body: APPROVED });
    const headers = { authorization: `Bearer ${server.token({ roles: ['operator'] })}` };
    return readScrape(await (await fetch(`${server.url}/metrics`, { headers })).text());
  } finally {
    await server.stop();
  }
}

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

/** The function that gets the values of a metric within some time; undefined where it is asked for its value now. */
function functionOver(selector: SyntaxNode, text: string): string | undefined {
  if (selector.parent?.name !== 'MatrixSelector') return undefined;
  let node: SyntaxNode | null = selector.parent;
  while (node !== null && node.name !== 'FunctionCall') node = node.parent;
  const name = node?.getChild('FunctionIdentifier');
  return name ? text.slice(name.from, name.to) : '';
}

/** The metrics that a query reads and how, the labels that it asks each for, and the labels that it groups by. */
function readQuery(expr: string) {
  // Grafana puts an interval there.
  const text = expr.replaceAll('$__rate_interval', '5m');
  const errors: string[] = [];
  const read: { readonly metric: string; readonly over: string | undefined; readonly labels: string[] }[] = [];
  const grouped: string[] = [];
  parser.parse(text).iterate({
    enter: (node) => {
      const part = text.slice(node.from, node.to);
      const { parent } = node.node;
      const within = parent?.name;
      if (node.type.isError) errors.push(`'${part}' at ${node.from}`);
      else if (node.name === 'Identifier' && parent?.name === 'VectorSelector') {
        read.push({ metric: part, over: functionOver(parent, text), labels: [] });
      } else if (node.name === 'LabelName' && within === 'GroupingLabels') grouped.push(part);
      else if (node.name === 'LabelName') read.at(-1)?.labels.push(part);
    },
  });
  return { errors, read, grouped };
}

function queries(): Query[] {
  let row = '';
  const ofPanels = dashboard.panels.flatMap(({ type, title, targets = [] }) => {
    if (type === 'row') row = title;
    return targets.map(({ expr, legendFormat }) => ({
      where: `panel ${title}`,
      expr,
      ofPostgres: row === 'PostgreSQL',
      shown: legendFormat,
    }));
  });
  const ofVariables = dashboard.templating.list.flatMap(({ name, definition }) => {
    const expr = /^label_values\((.+), \w+\)$/.exec(definition ?? '')?.[1];
    return expr === undefined ? [] : [{ where: `variable ${name}`, expr, ofPostgres: false, shown: '' }];
  });
  const ofAlerts = rules.groups.flatMap((group) =>
    group.rules.map(({ alert, expr, annotations }) => ({
      where: `alert ${alert}`,
      expr,
      ofPostgres: group.name === 'feedback-graph-postgresql',
      shown: Object.values(annotations).join(' '),
    })),
  );
  return [...ofPanels, ...ofVariables, ...ofAlerts];
}

const scraped: { rocksdb?: Scraped; postgres?: Scraped } = {};
beforeAll(async () => {
  scraped.rocksdb = await scrape();
  scraped.postgres = await scrape(await createTestDatabase());
});
afterAll(() => {
  delete scraped.rocksdb;
  delete scraped.postgres;
});

describe('the dashboard and the alerts', () => {
  it.each(queries())('$where asks for metrics and labels that a server has', ({ expr, ofPostgres, shown }) => {
    const { errors, read, grouped } = readQuery(expr);
    expect(errors).toEqual([]);
    expect(read.length).toBeGreaterThan(0);
    // What is said of all servers holds for each of them.
    for (const metrics of ofPostgres ? [scraped.postgres!] : [scraped.rocksdb!, scraped.postgres!]) {
      const known = new Set(OWN_LABELS);
      for (const { metric, over, labels } of read) {
        if (metric === 'up') continue;
        expect([...metrics.keys()]).toContain(metric);
        const scrapedOne = metrics.get(metric)!;
        for (const label of scrapedOne.labels) known.add(label);
        expect(labels.filter((label) => !OWN_LABELS.includes(label) && !scrapedOne.labels.has(label))).toEqual([]);
        // What counts from the start of a process says nothing by itself, and what goes up and down has no rate.
        const isCounted = scrapedOne.type !== 'gauge' || COUNTED_GAUGES.includes(metric);
        expect(over ?? 'now').toMatch(isCounted ? /^(?:rate|increase)$/ : /^(?:now|\w+_over_time)$/);
      }
      expect(grouped.filter((label) => !known.has(label))).toEqual([]);
    }
    const labels = [...shown.matchAll(/\{\{ ?(?:\$labels\.)?(\w+) ?\}\}/g)].map(([, label = '']) => label);
    const left = /\b(?:sum|min|max)\b/.test(expr) ? grouped : [...OWN_LABELS, 'plugin'];
    expect(labels.filter((label) => !left.includes(label))).toEqual([]);
  });

  it('show everything that is counted but the details of Node.js and the process', () => {
    const asked = new Set(queries().flatMap(({ expr }) => readQuery(expr).read.map(({ metric }) => metric)));
    const own = [...scraped.postgres!.keys()].filter(
      (metric) => !/^feedback_graph_(?:nodejs|process)_|_sum$/.test(metric),
    );
    expect(own.length).toBeGreaterThan(25);
    expect(own.filter((metric) => !asked.has(metric))).toEqual([]);
  });
});

it('the dashboard has panels that each say what they show, and none above another', () => {
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(panels.filter(({ type, description }) => type !== 'row' && !description)).toEqual([]);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
});

it('each alert says how bad it is, what has happened and what to do', () => {
  for (const { alert, labels, annotations } of rules.groups.flatMap((group) => group.rules)) {
    expect(alert).toMatch(/^FeedbackGraph[A-Z]\w+$/);
    expect(['warning', 'critical']).toContain(labels.severity);
    expect(Object.keys(annotations)).toEqual(['summary', 'description']);
  }
});
