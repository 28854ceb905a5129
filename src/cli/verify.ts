/** `feedback-graph verify`: checks a store as it is at one moment, and repairs derived data. */
import { readdir } from 'node:fs/promises';
import { Command } from 'commander';
import type { Config } from '../config/config.js';
import type { Disagreement, VerifyReport } from '../maintenance/verify.js';
import { directoryOf } from '../store/engines.js';
import { ANY_STORE } from './offline-store.js';
import { addSettingFlags, readConfig } from './options.js';
import { createProgress } from './progress.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';

interface VerifyFlags {
  readonly repair?: boolean;
  readonly salvage?: boolean;
  readonly json?: boolean;
}

interface PrintedReport extends VerifyReport {
  /** Since when files of the database have held what was erased, as an ISO 8601 time; absent if none do. */
  readonly purgeDueSince?: string;
}

export function verifyCommand(terminal: Terminal): Command {
  const command = new Command('verify')
    .description(`check ${ANY_STORE}; exits with 0 if the store is consistent, 1 if not`)
    .option(
      '--repair',
      'repair what can be derived from other data, and report the rest; no server may use the store meanwhile',
    )
    .option('--salvage', 'open a store whose log is damaged, and discard what the log holds after the damage')
    .option('--json', 'print the report as JSON');
  addSettingFlags(command);
  return command.action(async () => {
    const { repair = false, salvage = false, json = false } = command.opts<VerifyFlags>();
    const config = readConfig(command, terminal);
    const report = await verifyAt(config, { repair, salvage });
    terminal.out(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
    const left = report.found - report.repaired;
    if (left > 0 || report.notChecked.length > 0) {
      throw new CommandError(verdict(report, left, repair), EXIT.failure);
    }
  });
}

async function verifyAt(
  { store: location }: Config,
  { repair, salvage }: { readonly repair: boolean; readonly salvage: boolean },
): Promise<PrintedReport> {
  const directory = directoryOf(location);
  if (directory === undefined && salvage)
    throw new CommandError('--salvage is for stores on RocksDB: the database repairs its own log', EXIT.usage);
  // Opening would create a missing store, and a mistyped path would go unnoticed.
  const names = directory === undefined ? undefined : await readdir(directory).catch(() => []);
  if (names?.length === 0) throw new CommandError(`There is no store at ${location.path}`, EXIT.failure);
  const { openStore } = await import('../store/open.js');
  const { verifyStore } = await import('../maintenance/verify.js');
  const store = await openStore(location, { use: repair ? 'repair' : 'read', create: false, salvage });
  const progress = createProgress(process.stderr);
  try {
    const report = await verifyStore(store, { repair, progress });
    const { purgeDueSince } = store.health;
    return { ...report, ...(purgeDueSince !== undefined && { purgeDueSince: new Date(purgeDueSince).toISOString() }) };
  } finally {
    progress.end();
    await store.close();
  }
}

function reportText(report: PrintedReport): string {
  const lines = report.disagreements.map(disagreementLine);
  for (const { kind, found, repaired } of report.totals) {
    const shown = report.disagreements.filter((each) => each.kind === kind).length;
    const more = found > shown ? `, ${shown} of them shown` : '';
    lines.push(`total ${kind}: ${found}${repaired > 0 ? `, ${repaired} repaired` : ''}${more}`);
  }
  for (const what of report.notChecked) lines.push(`not checked: ${printable(what)}`);
  if (report.purgeDueSince !== undefined) {
    lines.push(
      `what was erased since ${report.purgeDueSince} is still in files of the database: run 'feedback-graph purge'`,
    );
  }
  const read = Object.values(report.read).reduce((total, count) => total + count, 0);
  lines.push(
    report.found === 0
      ? `${read} keys read; everything agrees`
      : `${read} keys read: ${report.found} disagreements, ${report.repaired} repaired`,
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** @example `index default/feedback-0190…: has no index entry for all feedback (can be repaired)` */
function disagreementLine({ kind, organization, node, problem, repair }: Disagreement): string {
  const where = organization === undefined ? node : `${organization}/${node}`;
  const note = { impossible: '', possible: ' (can be repaired)', done: ' (repaired)' }[repair];
  return `${kind} ${printable(where)}: ${printable(problem)}${note}`;
}

/** Escapes line breaks and control characters: a damaged key may contain anything. */
function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

function verdict(report: VerifyReport, left: number, repaired: boolean): string {
  if (left === 0) return 'Not everything could be checked';
  const repairable = report.totals.reduce((total, each) => total + each.repairable - each.repaired, 0);
  const hint = !repaired && repairable > 0 ? `; ${repairable} of them can be repaired with --repair` : '';
  return `The store is inconsistent: ${left} disagreements${hint}`;
}
