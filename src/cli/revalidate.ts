/** `feedback-graph revalidate`: judges stored feedback again, after a change of the rules. */
import { Command, Option } from 'commander';
import type { RevalidateSummary } from '../maintenance/revalidate.js';
import type { ValidationStatus } from '../model/facets.js';
import { count, parseOrganization, STORE_FLAGS, withStore } from './offline-store.js';
import { addOption, addSettingFlags } from './options.js';
import { startPlugins } from './plugins.js';
import type { Terminal } from './terminal.js';

interface RevalidateFlags {
  readonly org: string;
  readonly status?: ValidationStatus;
  readonly dryRun?: boolean;
}

/** Who it is in the audit trail. */
const ACTOR = 'feedback-graph revalidate';

export function revalidateCommand(terminal: Terminal): Command {
  const command = new Command('revalidate')
    .description(
      'judge unused feedback again by the plugins of the settings, in a store that no server has open; what was ' +
        'reviewed or withdrawn stays as it is',
    )
    .option('--dry-run', 'tell what would change, and write nothing');
  addOption(command, new Option('--org <organization>', 'whose feedback').default('default'), parseOrganization);
  command.addOption(
    new Option('--status <status>', 'only feedback of this status').choices([
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
    const summary = await withStore(command, terminal, async (store, progress, config) => {
      const keyedHash = await loadKeyedHash(store);
      const validation = await startPlugins(config, createPluginHost(store, keyedHash), terminal);
      try {
        const services = { store, keyedHash, validate: validation.validate, now: Date.now };
        const actor = { sub: ACTOR, org, requestId: ACTOR };
        return await revalidate(services, actor, { dryRun, ...(status !== undefined && { status }) }, progress);
      } finally {
        await validation.stop();
      }
    });
    terminal.out(summaryText(summary, dryRun));
  });
}

function summaryText({ validated, decided, changed, moves }: RevalidateSummary, dryRun: boolean): string {
  const kept = decided === 0 ? '' : `; ${count(decided, 'was', 'were')} reviewed or withdrawn, and not judged`;
  const stay = count(validated - changed, 'stays as it is', 'stay as they are');
  const lines = [
    `Judged ${count(validated, 'entry', 'entries')}: ${stay}, ${count(changed, dryRun ? 'would change' : 'has changed', dryRun ? 'would change' : 'have changed')}${kept}`,
    ...[...moves].sort().map(([move, entries]) => `${move}: ${count(entries, '', '').trim()}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
