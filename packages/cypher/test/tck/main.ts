/**
 * npm run tck -- --features DIR [--update] [--only TEXT]: runs the feature files of a folder over the graph in memory, and
 * compares what passes with what passed before.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { parseFeature } from './feature-file.js';
import { type Outcome, runScenario } from './scenario.js';

interface Ran {
  readonly folder: string;
  readonly name: string;
  readonly outcome: Outcome;
}

/**
 * @param callerDirectory what a relative DIR is relative to
 * @param recordedIn the file with the names of the scenarios that passed before, a line each
 */
export async function main(args: readonly string[], callerDirectory: string, recordedIn: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      features: { type: 'string' },
      update: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
    },
  });
  const { update, only } = values;
  if (values.features === undefined) {
    process.stderr.write('usage: npm run tck -- --features DIR [--update] [--only TEXT]\n');
    return 2;
  }
  const features = resolve(callerDirectory, values.features);
  const ran: Ran[] = [];
  for (const file of featureFiles(features)) {
    const path = relative(features, file).split(sep).join('/');
    for (const scenario of parseFeature(readFileSync(file, 'utf8'))) {
      const name = `${path}: ${scenario.name}`;
      if (!name.includes(only)) continue;
      const outcome = await runScenario(scenario, join(dirname(features), 'graphs'));
      ran.push({ folder: dirname(path), name, outcome });
    }
  }
  report(ran);
  const passing = ran.filter(({ outcome }) => outcome.kind === 'passed').map(({ name }) => name);
  const lost = lostOf(recordedIn, ran, new Set(passing));
  for (const name of lost) process.stdout.write(`lost: ${name}\n`);
  if (update) writeFileSync(recordedIn, `${passing.sort().join('\n')}\n`);
  const count = (...kinds: Outcome['kind'][]): number =>
    ran.filter(({ outcome }) => kinds.includes(outcome.kind)).length;
  process.stdout.write(`${count('passed')} passed, ${count('failed', 'wrong')} failed, ${count('skipped')} skipped\n`);
  const isWorse = lost.length > 0 && !update;
  return isWorse || count('wrong') > 0 ? 1 : 0;
}

function featureFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.feature'))
    .sort()
    .map((name) => join(folder, name));
}

function report(ran: readonly Ran[]): void {
  for (const { name, outcome } of ran) {
    if (outcome.kind === 'wrong') process.stdout.write(`WRONG ANSWER ${name}\n    ${outcome.why}\n`);
    if (outcome.kind === 'failed') process.stdout.write(`error ${name}\n    ${outcome.why}\n`);
  }
  process.stdout.write('\npassed  wrong answers  errors  skipped  folder\n');
  for (const folder of [...new Set(ran.map((each) => each.folder))]) {
    const within = ran.filter((each) => each.folder === folder);
    const cells = (['passed', 'wrong', 'failed', 'skipped'] as const).map((kind) =>
      String(within.filter(({ outcome }) => outcome.kind === kind).length),
    );
    const widths = [6, 13, 6, 7];
    process.stdout.write(`${cells.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('  ')}  ${folder}\n`);
  }
}

/** What passed before and ran now without passing. */
function lostOf(recordedIn: string, ran: readonly Ran[], passing: ReadonlySet<string>): string[] {
  let recorded: string;
  try {
    recorded = readFileSync(recordedIn, 'utf8');
  } catch {
    return [];
  }
  const names = new Set(ran.map(({ name }) => name));
  return recorded.split('\n').filter((name) => names.has(name) && !passing.has(name));
}
