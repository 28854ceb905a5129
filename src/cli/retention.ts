/** `feedback-graph retention`: erases what is past its retention, or shows what that is. */
import { Command } from 'commander';
import { SETTINGS } from '../config/config.js';
import type { Expired } from '../maintenance/retention/retention.js';
import { ANY_STORE, count, STORE_FLAGS, withStore } from './offline-store.js';
import { addSettingFlags, readConfig } from './options.js';
import { toOneLine } from './screen.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';

export function retentionCommand(terminal: Terminal): Command {
  const command = new Command('retention')
    .description(`erase the entries past their retention, in ${ANY_STORE}`)
    .option('--dry-run', 'show what would be erased without erasing it');
  addSettingFlags(command, [...STORE_FLAGS, 'retention']);
  return command.action(async () => {
    const { dryRun = false } = command.opts<{ readonly dryRun?: boolean }>();
    const { retention } = readConfig(command, terminal);
    if (retention === undefined) {
      throw new CommandError(`No retention is set; set ${SETTINGS.retention.name} or pass --retention`, EXIT.usage);
    }
    const [{ findExpired, eraseExpired }, { loadKeyedHash }] = await Promise.all([
      import('../maintenance/retention/retention.js'),
      import('../audit/keyed-hash.js'),
    ]);
    const expired = await withStore(command, terminal, { use: dryRun ? 'read' : 'change' }, async (store) => {
      const services = { store, keyedHash: await loadKeyedHash(store), now: () => store.now() };
      return dryRun ? findExpired(services, retention) : eraseExpired(services, retention, { force: true });
    });
    terminal.out(summaryText(expired ?? [], dryRun));
  });
}

function summaryText(expired: readonly Expired[], dryRun: boolean): string {
  const total = expired.reduce((sum, each) => sum + each.count, 0);
  const lines = [
    `${dryRun ? 'Would erase' : 'Erased'} ${count(total, 'entry', 'entries')}`,
    ...expired.map(
      ({ organization, rule, ...each }) =>
        `${toOneLine(organization)}, ${rule}: ${count(each.count, 'entry', 'entries')}`,
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
