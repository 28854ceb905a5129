import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runDocument } from '../support/documents.js';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('every command of docs/operate.md runs as it stands, from the first start to a changed key', async () => {
  const port = String(await freePort());
  await runDocument(
    'docs/operate.md',
    async ({ directory, stdout }) => {
      expect(stdout.match(/ok$/gm)).toHaveLength(3);
      expect(stdout).toContain('Feedback recorded successfully');
      expect(stdout).toContain('feedback_graph_store_writable 1');
      expect(stdout).toMatch(/"reqId":"first-entry","sub":"me"/);
      expect(stdout.match(/Backed up the whole store/g)).toHaveLength(2);
      expect(stdout).toContain('Restored the whole store');
      // The rehearsal, and before the upgrade.
      expect(stdout.match(/ agree/g)).toHaveLength(2);
      expect(stdout.match(/"total_feedback":1/g)).toHaveLength(1);
      const today = /^\d{4}-\d\d-\d\d\.feedback$/;
      const backups = await readdir(join(directory, 'backups'));
      expect(backups.filter((name) => !today.test(name))).toEqual(['before-upgrade.feedback']);
      const log = await readFile(join(directory, 'server.log'), 'utf8');
      expect(log.match(/Server listening/g)).toHaveLength(3);
      expect(log).not.toMatch(/"level":[456]0/);
    },
    { skip: (block) => block.includes('npm '), replace: { '4000': port } },
  );
});
