/** `feedback-graph revalidate`: validates stored entries again, after a change of the rules. */
import { Command, Option } from 'commander';
import type { RevalidateSummary } from '../maintenance/revalidate.js';
import type { ValidationStatus } from '../model/facets.js';
import { ANY_STORE, count, parseOrganization, STORE_FLAGS, withStore } from './offline-store.js';
import { addOption, addSettingFlags } from './options.js';
import { startPlugins } from './plugins.js';
import type { Terminal } from './terminal.js';

interface RevalidateFlags {
  readonly org: string;
  readonly status?: ValidationStatus;
  readonly dryRun?: boolean;
}

/** The name of this command in the audit trail. */
const ACTOR = 'feedback-graph revalidate';

export function revalidateCommand(terminal: Terminal): Command {
  const command = new Command('revalidate')
    .description(
      `validate unused entries again with the configured plugins, in ${ANY_STORE}; reviewed and withdrawn entries stay as ` +
        'they are',
    )
    .option('--dry-run', 'show what would change without changing it');
  addOption(
    command,
    new Option('--org <organization>', 'the organization of the entries').default('default'),
    parseOrganization,
  );
  command.addOption(
    new Option('--status <status>', 'only entries with this status').choices([
      'pending',
      'approved',
      'rejected',
      'flagged',
    ]),
  );
  addSettingFlags(command, STORE_FLAGS);
  return command.action(async () => {
    const { org, status, dryRun = false } = command.opts<RevalidateFlags>();
    const [{ revalidate }, { loadKeyedHash }, { createPluginHost }] = await Promise.all([
      import('../maintenance/revalidate.js'),
      import('../audit/keyed-hash.js'),
      import('../feedback/plugin-host.js'),
    ]);
    const summary = await withStore(
      command,
      terminal,
      { use: dryRun ? 'read' : 'change' },
      async (store, progress, config) => {
        const keyedHash = await loadKeyedHash(store);
        const validation = await startPlugins(config, createPluginHost(store, keyedHash), terminal);
        try {
          const services = { store, keyedHash, validate: validation.validate, now: () => store.now() };
          const actor = { sub: ACTOR, org, requestId: ACTOR };
          return await revalidate(services, actor, { dryRun, ...(status !== undefined && { status }) }, progress);
        } finally {
          await validation.stop();
        }
      },
    );
    terminal.out(summaryText(summary, dryRun));
  });
}

function summaryText({ validated, decided, changed, moves }: RevalidateSummary, dryRun: boolean): string {
  const kept =
    decided === 0
      ? ''
      : `; skipped ${count(decided, 'entry', 'entries')} that ${decided === 1 ? 'was' : 'were'} reviewed or withdrawn`;
  const change = dryRun ? 'would change' : 'changed';
  const lines = [
    `Validated ${count(validated, 'entry', 'entries')}: ${count(validated - changed, 'unchanged', 'unchanged')}, ${count(changed, change, change)}${kept}`,
    ...[...moves].sort().map(([move, entries]) => `${move}: ${count(entries, '', '').trim()}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
