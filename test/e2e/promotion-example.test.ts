import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { shareServer, type SharedServer } from '../support/server.js';

const ADAPTERS = '/api/v1/llm/adapters';
const CLI = `${process.execPath} ${resolve('dist/bundle/cli.js')}`;
const TRAINER = { roles: ['trainer'] };

interface Workflow {
  readonly jobs: { readonly promote: { readonly env: object; readonly steps: readonly Step[] } };
}
interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
}

let server: SharedServer;
let directory: string;
beforeAll(async () => {
  server = await shareServer();
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-promotion-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function register(id: string, ...parents: readonly string[]): Promise<void> {
  const body = { version: '1', derived_from: parents };
  await server.call('PUT', `${ADAPTERS}/${id}`, { body, claims: TRAINER });
}

async function setRules(rules: readonly object[]): Promise<void> {
  await server.call('PUT', '/api/v1/llm/promotion-rules', { body: { rules }, claims: { roles: ['admin'] } });
}

/** Runs a script as GitHub Actions does with `shell: bash`, while the server of this process answers. */
function bash(
  script: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const env = { PATH: process.env['PATH'], FEEDBACK_URL: server.url, ...environment };
  return new Promise((resolve, reject) => {
    const flags = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script];
    const child = spawn('bash', flags, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
    child.on('error', reject).on('close', (status) => resolve({ status, ...said }));
  });
}

/** Runs the steps of the workflow as a runner does: once one fails, only those that always run. */
async function runWorkflow(inputs: { readonly adapter: string; readonly replaces: string; readonly metrics: string }) {
  const text = await readFile('examples/github-action/promote-adapter.yml', 'utf8');
  const { env, steps } = (parse(text) as Workflow).jobs.promote;
  const variables = Object.keys(env);
  expect(variables).toEqual(['FEEDBACK_URL', 'FEEDBACK_TOKEN', 'ADAPTER', 'REPLACES', 'RUN_URL']);
  await writeFile(join(directory, 'benchmark'), `#!/bin/sh\nprintf '${inputs.metrics}'\n`);
  await chmod(join(directory, 'benchmark'), 0o755);
  await writeFile(join(directory, 'summary.md'), '');
  const environment = {
    FEEDBACK_TOKEN: server.token(TRAINER),
    ADAPTER: inputs.adapter,
    REPLACES: inputs.replaces,
    RUN_URL: 'https://ci.example.com/runs/17',
    GITHUB_STEP_SUMMARY: join(directory, 'summary.md'),
  };
  let failed:
    { readonly step: string | undefined; readonly status: number | null; readonly stderr: string } | undefined;
  for (const step of steps) {
    if (step.run === undefined || (failed !== undefined && step.if !== 'always()')) continue;
    const { status, stderr } = await bash(step.run.replaceAll('npx --yes feedback-graph', CLI), environment);
    if (status !== 0) failed = { step: step.name, status, stderr };
  }
  return { failed, summary: await readFile(join(directory, 'summary.md'), 'utf8') };
}

it('the workflow of examples/github-action fails where a rule does not hold, and promotes where all do', async () => {
  await setRules([{ kind: 'metric', metric: 'accuracy', dataset: 'help-desk-eval', at_least: 0.9 }]);
  for (const id of ['old', 'new']) await register(id);
  // A benchmark that measured nothing: no later step hides which one failed.
  const unmeasured = await runWorkflow({ adapter: 'new', replaces: 'old', metrics: '' });
  expect([unmeasured.failed?.step, unmeasured.summary]).toEqual(['Record what was measured', '']);
  const refused = await runWorkflow({ adapter: 'new', replaces: 'old', metrics: 'accuracy=0.8\\nloss=0.2\\n' });
  expect(refused.failed).toMatchObject({ step: 'Promote', status: 3 });
  expect(refused.summary).toMatch(/```\n.*failed +metric +'accuracy' on 'help-desk-eval' is 0\.8/s);
  const promoted = await runWorkflow({ adapter: 'new', replaces: 'old', metrics: 'accuracy=0.95\\n' });
  expect(promoted.failed).toBeUndefined();
  expect(promoted.summary).toContain('new is at the stage production.\nRetired: old.');
  expect(JSON.parse(await readFile(join(directory, 'adapter.cdx.json'), 'utf8'))).toMatchObject({ specVersion: '1.7' });
  expect(await readFile(join(directory, 'README.adapter.md'), 'utf8')).toContain(
    '| accuracy | help-desk-eval | 0.95 |',
  );
  const { body } = await server.call('GET', `${ADAPTERS}/new/evaluations?limit=1`, {});
  expect(body).toMatchObject({ evaluations: [{ run: 'https://ci.example.com/runs/17' }] });
});

it('every command of docs/promotion.md runs as it stands', async () => {
  await setRules([]);
  await register('help_lora_v1');
  await register('help_lora_v2', 'help_lora_v1');
  const page = await readFile('docs/promotion.md', 'utf8');
  const blocks = [...page.matchAll(/```bash\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  expect(blocks.length).toBeGreaterThan(7);
  const outputs: { readonly block: string; readonly status: number | null; readonly output: string }[] = [];
  for (const block of blocks) {
    // Of another test, the rules have another revision.
    const script = block.replaceAll('"revision": 0, ', '').replaceAll(/^feedback-graph/gm, CLI);
    const { status, stdout, stderr } = await bash(script, {
      SERVER: server.url,
      TOKEN: server.token(TRAINER),
      FEEDBACK_TOKEN: server.token(TRAINER),
      ADMIN_TOKEN: server.token({ roles: ['admin'] }),
    });
    outputs.push({ block, status, output: stdout + stderr });
  }
  // Neither has any feedback, so the rules that the page sets refuse them.
  expect(outputs.filter(({ status }) => status !== 0).map(({ status, block }) => [status, block])).toEqual([
    [3, expect.stringContaining('Nightly evaluation')],
  ]);
  const all = outputs.map(({ output }) => output).join('\n');
  expect(all).toContain('"details":"2 of 4 promotion rules do not hold: 0 approved entries, at least 20 required');
  expect(all).toContain("'accuracy' on 'help-desk-eval' is 0.93");
  expect(all).not.toContain('"error":"Invalid request"');
});
