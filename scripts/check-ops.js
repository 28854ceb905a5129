// Checks what is in ops/ with the programs that it is for, as far as this machine has them: npm run check:ops
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const CHART = 'ops/helm/feedback-graph';
const SECRETS = { FEEDBACK_JWT_SECRET: 'a secret of more than thirty-two bytes', POSTGRES_PASSWORD: 'secret' };
const directory = mkdtempSync(join(tmpdir(), 'feedback-graph-ops-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

const EMBEDDED = ['--set', 'auth.jwtSecret.name=keys'];
const POSTGRES = [
  ...EMBEDDED,
  '--set',
  'store.engine=postgres',
  '--set',
  'store.postgres.url=postgres://feedback@db/feedback',
];
const ALL = ['ingress', 'networkPolicy', 'serviceMonitor'].flatMap((each) => ['--set', `${each}.enabled=true`]);

/** Each check with its program. @type {[program: string, name: string, check: () => void][]} */
const CHECKS = [
  [
    'promtool',
    'the alerts are rules',
    () => run('promtool', 'check', 'rules', 'ops/prometheus/feedback-graph.rules.yaml'),
  ],
  [
    'promtool',
    'the alerts fire',
    () => run('promtool', 'test', 'rules', 'ops/prometheus/feedback-graph.rules.test.yaml'),
  ],
  ['helm', 'the chart is well-formed', () => run('helm', 'lint', '--strict', CHART, ...EMBEDDED)],
  ['helm', 'the chart makes a server with a volume', () => expectKinds(EMBEDDED, 'ServiceAccount Service StatefulSet')],
  [
    'helm',
    'the chart makes servers over PostgreSQL, with all that can be turned on',
    () =>
      expectKinds(
        [...POSTGRES, ...ALL, '--set', 'serviceMonitor.tokenSecret.name=token'],
        'NetworkPolicy PodDisruptionBudget ServiceAccount Service Deployment Ingress ServiceMonitor',
      ),
  ],
  ['helm', 'the chart passes settings on as they are meant', checkSettings],
  [
    'helm',
    'the chart refuses a server without a key',
    () => expectRefusal([], /auth\.jwtSecret\.name or auth\.jwksUrl/),
  ],
  [
    'helm',
    'the chart refuses PostgreSQL without a URL',
    () => expectRefusal([...EMBEDDED, '--set', 'store.engine=postgres'], /url/),
  ],
  [
    'helm',
    'the chart refuses a password in the URL',
    () => expectRefusal([...POSTGRES, '--set', 'store.postgres.url=postgres://u:p@h/d'], /url/),
  ],
  ['helm', 'the chart refuses unknown values', () => expectRefusal([...EMBEDDED, '--set', 'replica=2'], /replica/)],
  ['nginx', 'the proxy takes its configuration', checkNginx],
  ['docker', 'compose.yaml is one', () => compose('compose.yaml')],
  ['docker', 'ops/compose/postgres.yaml is one', () => compose('ops/compose/postgres.yaml')],
  ['systemd-analyze', 'the unit is one, and hardened', checkUnit],
];

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const [program, name, check] of CHECKS) {
  if (!has(program)) {
    counts.skipped += 1;
    process.stdout.write(`  not checked: ${name} (there is no ${program === 'docker' ? 'docker compose' : program})\n`);
    continue;
  }
  try {
    check();
    counts.passed += 1;
    process.stdout.write(`  ok    ${name}\n`);
  } catch (error) {
    counts.failed += 1;
    process.stdout.write(`  FAIL  ${name}: ${error.stderr || error.message}\n`);
  }
}
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;

function has(program) {
  const argv = { docker: ['compose', 'version'], nginx: ['-v'], helm: ['version'] }[program] ?? ['--version'];
  return spawnSync(program, argv).status === 0;
}

function run(program, ...argv) {
  return execFileSync(program, argv, { encoding: 'utf8', stdio: 'pipe', env: { ...process.env, ...SECRETS } });
}

function render(values) {
  return run('helm', 'template', 'release', CHART, '--kube-version', '1.30.0', ...values);
}

function expectKinds(values, expected) {
  const kinds = [...render(values).matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind);
  if (kinds.sort().join(' ') !== expected.split(' ').sort().join(' ')) throw new Error(`it makes ${kinds.join(' ')}`);
}

function checkSettings() {
  const given = ['FEEDBACK_LIMIT_ORG_PER_HOUR: 10000000', 'FEEDBACK_ACCESS_LOG: on', 'FEEDBACK_WEBHOOKS: off'];
  given.push('FEEDBACK_EXPORT_SIMILARITY: 0.95', 'OTEL_SDK_DISABLED: true', "FEEDBACK_RETENTION: 'rejected=30d'");
  const file = join(directory, 'values.yaml');
  writeFileSync(file, ['settings:', ...given.map((each) => `  ${each}`)].join('\n'));
  const made = render([...EMBEDDED, '--values', file]);
  for (const each of given) {
    const [name, value] = each.replaceAll("'", '').split(': ');
    if (!new RegExp(`name: ${name}\\s+value: "${value}"\\n`).test(made)) throw new Error(`${name} is not ${value}`);
  }
}

function expectRefusal(values, reason) {
  try {
    render(values);
  } catch (error) {
    if (reason.test(error.stderr)) return;
    throw error;
  }
  throw new Error('it takes them');
}

function checkNginx() {
  // Only in their network are the servers.
  const text = readFileSync('ops/compose/nginx.conf', 'utf8').replaceAll(/172\.30\.77\.\d+/g, '127.0.0.1');
  const file = join(directory, 'nginx.conf');
  writeFileSync(file, text.replaceAll('/tmp/', `${directory}/`));
  run('nginx', '-t', '-c', file);
}

function compose(file) {
  run('docker', 'compose', '--file', file, 'config', '--quiet');
}

function checkUnit() {
  // Checked as it is installed: with the program and the file that it names.
  const program = join(directory, 'feedback-graph');
  writeFileSync(program, '#!/bin/sh\n');
  chmodSync(program, 0o755);
  const environment = join(directory, 'environment');
  writeFileSync(environment, '');
  const text = readFileSync('ops/systemd/feedback-graph.service', 'utf8')
    .replace('/usr/local/bin/feedback-graph', program)
    .replace('/etc/feedback-graph/environment', environment);
  const unit = join(directory, 'feedback-graph.service');
  writeFileSync(unit, text);
  run('systemd-analyze', 'verify', unit);
  run('systemd-analyze', 'security', '--offline=true', '--threshold=20', unit);
}
