import { beforeAll, expect, it } from 'vitest';
import { runCommand } from '../support/command.js';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
let environment: Record<string, string>;
let admin: Record<string, string>;

beforeAll(async () => {
  server = await shareServer();
  environment = { FEEDBACK_URL: server.url, FEEDBACK_TOKEN: server.token({ roles: ['trainer'] }) };
  admin = { ...environment, FEEDBACK_TOKEN: server.token({ roles: ['admin'] }) };
  for (const id of ['old', 'new lora']) {
    await server.call('PUT', `/api/v1/llm/adapters/${encodeURIComponent(id)}`, {
      body: {},
      claims: { roles: ['trainer'] },
    });
  }
  const rules = [{ kind: 'metric', metric: 'accuracy', dataset: 'eval', at_least: 0.9 }];
  await server.call('PUT', '/api/v1/llm/promotion-rules', { body: { rules }, claims: { roles: ['admin'] } });
});

const adapter = (...words: readonly string[]) => runCommand(['adapter', ...words], environment);

it('a refused promotion exits with 3 and shows each rule, and one that passes with 0', async () => {
  const refused = await adapter('promote', 'new lora');
  expect(refused.code).toBe(3);
  expect(refused.out).toMatch(/^failed +metric +No evaluation 'accuracy' on 'eval' was recorded$/m);
  expect(refused.error).toBe("error: The adapter 'new lora' does not meet every promotion rule\n");
  expect((await adapter('promote', 'new lora', '--check')).code).toBe(3);

  const measured = await adapter('evaluate', 'new lora', 'accuracy=0.93', 'loss=1e-1', '--dataset', 'eval');
  expect([measured.code, measured.error]).toEqual([0, '']);
  expect(measured.out).toMatch(/^loss +0\.1 +eval$/m);
  expect(await adapter('promote', 'new lora', '--check')).toMatchObject({ code: 0, error: '' });

  const promoted = await adapter('promote', 'new lora', '--retire', 'old', '--reason', 'Better');
  expect([promoted.code, promoted.error]).toEqual([0, '']);
  expect(promoted.out).toContain('new lora is at the stage production.\nRetired: old.\n');
  expect((await adapter('get', 'new lora')).out).toMatch(/^stage +production$/m);
  const again = await adapter('promote', 'new lora', '--json');
  expect(JSON.parse(again.out)).toMatchObject({ promoted: true, change: null, retired: [] });
});

it('a forced promotion needs a reason and the role, and says that it was forced', async () => {
  const forced = ['promote', 'old', '--force', '--reason', 'Rollback'];
  const asTrainer = await adapter(...forced);
  expect([asTrainer.code, asTrainer.error]).toEqual([1, expect.stringContaining('org:admin')]);
  const asAdmin = await runCommand(['adapter', ...forced], admin);
  expect([asAdmin.code, asAdmin.out]).toEqual([
    0,
    expect.stringContaining('old is at the stage production, by force.'),
  ]);
});

it.each([
  [['promote', 'none', '--check'], 1, "There is no adapter 'none'"],
  [['promote', 'none'], 1, 'Adapter not found'],
  [['promote', 'old', '--stage', 'best'], 2, 'Allowed choices are candidate, production, retired'],
  [['promote', 'old', '--stage', 'retired', '--check'], 2, "There are no rules for the stage 'retired'"],
  [['evaluate', 'old', 'accuracy'], 2, "'accuracy' is no metric with a number"],
  [['evaluate', 'old', 'accuracy=high'], 2, 'is no metric with a number'],
  [['evaluate', 'none', 'accuracy=1'], 1, 'Adapter not found'],
  [['bom', 'none'], 1, 'Adapter not found'],
])('adapter %j exits with %d', async (words, code, error) => {
  expect(await adapter(...words)).toMatchObject({ code, error: expect.stringContaining(error) as string });
});

it('prints the bill of materials, and a card with its metadata in front', async () => {
  const bom = await adapter('bom', 'new lora');
  expect(JSON.parse(bom.out)).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.7' });
  const card = await adapter('card', 'new lora');
  expect(card.out).toMatch(/^---\ntags:[^]*\n---\n\n## Training data\n/);
  expect(card.out).toContain('## Public Summary of Training Content');
});
