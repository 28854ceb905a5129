// The one table of all that was measured, which README.md and docs/performance.md have.
import { ratioOf } from './statistics.js';

/** What ours are compared with, and what their columns are called. */
const OTHERS = {
  limit: '× ceiling',
  postgraphile: '× PostGraphile',
  graphqlJs: '× graphql-js',
  apollo: '× Apollo Server',
};
/** How many times the ceiling's own p99, in the same run, ours may be at half the rate. */
const TAIL_GOAL = 2;
const TAILS = new Set(['get', 'submit']);

/** A number with three digits that count, and commas. */
export function shown(value) {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return Number(value.toFixed(digits)).toLocaleString('en', { minimumFractionDigits: digits });
}

function spreadOf(values) {
  if (values.length < 2) return '';
  const middle = (Math.max(...values) + Math.min(...values)) / 2;
  return ` ± ${Math.round((100 * (Math.max(...values) - middle)) / middle)} %`;
}

const verdict = (goal, met) => ` (goal ${goal}: ${met ? 'met' : 'missed'})`;

/** How many times as much, in pairs of a round where the rounds are known. */
function timesOf(ours, theirs, measure) {
  const known = ours.rounds !== undefined && theirs.rounds !== undefined;
  return known ? ratioOf(ours, theirs, measure).median : ours[measure] / theirs[measure];
}

function rate(result, unit) {
  const spread = spreadOf((result.rounds ?? []).map(({ perSecond }) => perSecond));
  return `${shown(result.perSecond)}${unit}${spread}`;
}

/** What is asked for the first time: with the response cache off, where there is anything to cache. */
const firstTime = (byServer) => byServer.anew ?? byServer.ours;

function timesCell({ servers, goals }, other) {
  if (servers[other] === undefined) return '';
  const times = timesOf(firstTime(servers), servers[other], 'perSecond');
  return `${shown(times)}${goals[other] === undefined ? '' : verdict(goals[other], times >= goals[other])}`;
}

function tailCell({ key, servers, halfRate }) {
  const ours = servers.anew === undefined ? halfRate.ours : halfRate.anew;
  if (ours === undefined) return '';
  if (halfRate.limit === undefined) return shown(ours.p99);
  const times = timesOf(ours, halfRate.limit, 'p99');
  const goal = TAILS.has(key) ? verdict(`${TAIL_GOAL} ×`, times <= TAIL_GOAL) : '';
  return `${shown(ours.p99)}, ceiling ${shown(halfRate.limit.p99)}${goal}`;
}

function postgresCell(result) {
  if (result === undefined) return '';
  const { servers, goals } = result;
  const times = timesOf(firstTime(servers), servers.postgraphile, 'perSecond');
  return `${shown(times)}${verdict(goals.postgraphile, times >= goals.postgraphile)}`;
}

function operationRow(result, postgres) {
  const { name, servers, unit = '/s' } = result;
  const first = firstTime(servers);
  const again = servers.anew === undefined ? undefined : servers.ours;
  const goal = result.goals.own;
  return {
    operation: name,
    'first time': rate(first, unit) + (goal === undefined ? '' : verdict(shown(goal), first.perSecond >= goal)),
    'CPU, µs': first.cpuMicroseconds === undefined ? '' : shown(first.cpuMicroseconds),
    ...Object.fromEntries(Object.entries(OTHERS).map(([other, title]) => [title, timesCell(result, other)])),
    'asked again': again === undefined ? '' : rate(again, unit),
    'p99 at half the rate, ms': tailCell(result),
    'on PostgreSQL, × PostGraphile': postgresCell(postgres),
  };
}

/** A time, or an amount of memory, of which less is better. */
function figureRow({ name, value, values = [], unit, goal }) {
  const met = goal === undefined ? '' : verdict(`${shown(goal)} ${unit}`, value <= goal);
  return { operation: name, 'first time': `${shown(value)} ${unit}${spreadOf(values)}${met}` };
}

/** @param results as in the file of results; those that are missing are left out, and so is a column that nothing has */
export function resultsTable({ compare, postgres, start, soak }) {
  const onPostgres = new Map((postgres?.results ?? []).map((result) => [result.key, result]));
  const measured = compare?.results ?? [];
  const known = new Set(measured.map(({ key }) => key));
  const rows = [
    ...measured.map((result) => operationRow(result, onPostgres.get(result.key))),
    ...[...onPostgres.values()]
      .filter(({ key }) => !known.has(key))
      .map((result) => ({ operation: result.name, 'on PostgreSQL, × PostGraphile': postgresCell(result) })),
    ...[...(start?.results ?? []), ...(soak?.results ?? [])].map(figureRow),
  ];
  const titles = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((title) =>
    rows.some((row) => row[title]),
  );
  return markdownTable(
    titles,
    rows.map((row) => titles.map((title) => row[title] ?? '')),
  );
}

/** As prettier writes it. */
function markdownTable(titles, rows) {
  const widths = titles.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(titles), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** What the figures of a table are of. */
export function resultsCaption({ environment, compare, postgres, start, soak }) {
  const { processor, memoryGib, node } = environment;
  const runs = Object.entries({ compare, postgres, start, soak }).flatMap(([name, run]) => {
    if (run === undefined) return [];
    const { version, entries, rounds, seconds } = run;
    const size = [
      version && `version ${version}`,
      entries && `${entries.toLocaleString('en')} entries`,
      rounds && `medians of ${rounds} round${rounds === 1 ? '' : 's'}${seconds ? ` of ${seconds} s` : ''}`,
    ];
    return [`\`${name}\` with ${size.filter(Boolean).join(', ')}`];
  });
  return `Measured on ${processor}, ${memoryGib} GiB, Node.js ${node}: ${runs.join('; ')}.`;
}

const TABLE = /(?<=<!-- measurements -->\n)[\s\S]*?(?=<!-- \/measurements -->)/;

/** A document with the table and its caption between its marks. @throws if it has no marks */
export function withTable(text, results) {
  if (!TABLE.test(text)) throw new Error('The document has no place for the table');
  return text.replace(TABLE, () => `\n${resultsTable(results)}\n\n${resultsCaption(results)}\n\n`);
}
