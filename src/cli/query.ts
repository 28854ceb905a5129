/** `feedback-graph query`: a graph query to a running server. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { addClientOptions, ask } from './client-options.js';
import { type JsonObject, objectIn, objectsIn, textIn } from './client.js';
import { addOption } from './options.js';
import { type Column, table } from './table.js';
import type { Terminal } from './terminal.js';

const QUERY = `query Run($query: String!, $parameters: JSONObject) {
  graphQuery(query: $query, parameters: $parameters) { columns rows plan }
}`;

interface QueryFlags {
  readonly param?: Readonly<Record<string, unknown>>;
}

export function queryCommand(terminal: Terminal): Command {
  const command = new Command('query').description('query the graph on a running server');
  command.argument('<query>', "the query, such as 'MATCH (a:Adapter) RETURN a.id'");
  addOption(
    command,
    new Option('--param <name=value>', 'the value of $name in the query, as JSON or text; can be repeated'),
    parseParameter,
  );
  addClientOptions(command);
  command.addHelpText(
    'after',
    `
Examples:
  $ feedback-graph query 'MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a:Adapter) RETURN a.id, count(f)'
  $ feedback-graph query 'MATCH (f:Feedback) WHERE f.type = $type RETURN f.question LIMIT 10' --param type=negative`,
  );
  return command.action(async (query: string) => {
    const { param: parameters = {} } = command.opts<QueryFlags>();
    await ask(
      command,
      terminal,
      async (client) => objectIn(await client.graphql(QUERY, { query, parameters }), 'graphQuery'),
      (answer) => show(answer, terminal),
    );
  });
}

function parseParameter(text: string, before: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const [, name, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('It must have the form name=value.');
  return { ...before, [name]: parseValue(value) };
}

/** Text that is not JSON is a string, so that the shell needs no second pair of quotes. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function show(answer: JsonObject, terminal: Terminal): string {
  const plan = objectIn(answer, 'plan');
  const steps = 'operator' in plan ? planTable(plan, terminal) : '';
  const columns = listIn(answer, 'columns').map(String);
  const rows = listIn(answer, 'rows').map((row) => (Array.isArray(row) ? (row as unknown[]) : []));
  if (steps !== '' && rows.length === 0) return steps;
  const count = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}\n`;
  return `${rows.length === 0 ? '' : rowTable(columns, rows, terminal)}${count}${steps}`;
}

function listIn(object: JsonObject, field: string): readonly unknown[] {
  const value = object[field];
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function rowTable(columns: readonly string[], rows: readonly (readonly unknown[])[], terminal: Terminal): string {
  return table(
    columns.map((heading, index): Column<readonly unknown[]> => ({
      heading,
      text: (row) => formatValue(row[index]),
      min: 8,
      ...(rows.every((row) => typeof row[index] === 'number') && { align: 'right' as const }),
    })),
    rows,
    terminal.screen,
  );
}

function formatValue(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

interface PlanRow {
  readonly step: JsonObject;
  readonly depth: number;
}

function planTable(plan: JsonObject, terminal: Terminal): string {
  const rowsOf = (step: JsonObject, depth: number): PlanRow[] => [
    { step, depth },
    ...objectsIn(step, 'steps').flatMap((each) => rowsOf(each, depth + 1)),
  ];
  const number = (heading: string, field: string): Column<PlanRow> => ({
    heading,
    text: ({ step }) => textIn(step, field),
    align: 'right',
  });
  return table(
    [
      { heading: 'STEP', text: ({ step, depth }) => `${'· '.repeat(depth)}${textIn(step, 'operator')}` },
      { heading: 'OF', text: ({ step }) => textIn(step, 'detail'), min: 16 },
      number('EXPECTED', 'expectedRows'),
      number('ROWS', 'rows'),
      number('READS', 'reads'),
    ],
    rowsOf(plan, 0),
    terminal.screen,
  );
}
