import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '@fastify/proxy-addr';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { contextFilter } from '../../scripts/container/context.js';
import { readStages } from '../../scripts/container/dockerfile.js';
import { EXIT } from '../../src/cli/terminal.js';
import { SETTINGS } from '../../src/config/config.js';

const CHART = 'ops/helm/feedback-graph';
/** A server that stops has 10 s for requests, 2 s for deliveries, 3 s for telemetry, and closes the store. */
const STOP_SECONDS = 20;
const { version, engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly version: string;
  readonly engines: { readonly node: string };
};
const readText = (path: string): string => readFileSync(path, 'utf8');
const readYaml = (path: string): Record<string, unknown> =>
  parse(readText(path), { merge: true }) as Record<string, unknown>;

describe('the Dockerfile', () => {
  const [build, image] = readStages(readText('Dockerfile'));
  const steps = (keyword: string) => image!.steps.filter((step) => step.keyword === keyword);

  it('builds in one stage, and has only what runs in the other, on a supported line of Node.js', () => {
    expect(build!.base).toBe(image!.base);
    const line = Number(/^node:(\d+)-bookworm-slim$/.exec(image!.base)?.[1]);
    expect(line).toBeGreaterThanOrEqual(Number(/\d+/.exec(engines.node)?.[0]));
    expect(readText('.ci/run')).toMatch(new RegExp(`npm run smoke -- .*\\b${line}\\b`));
    expect(steps('COPY').map(({ from }) => from)).toEqual(steps('COPY').map(() => build!.name));
    // What the package has is what runs.
    const { files } = JSON.parse(readText('package.json')) as { readonly files: readonly string[] };
    for (const path of ['dist/bundle', 'dist/web', 'schema']) expect(files).toContain(path);
  });

  it('starts as a user that is not root, keeps its data in a volume, and needs no curl', () => {
    expect(steps('USER').at(-1)?.value).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(steps('VOLUME').map(({ value }) => value)).toEqual(['/data']);
    expect(steps('ENV')[0]?.variables).toMatchObject({ NODE_ENV: 'production', FEEDBACK_STORE: 'rocksdb:/data/store' });
    expect(steps('HEALTHCHECK')[0]?.argv).toEqual(['feedback-graph', 'health', '--live']);
    expect([...steps('ENTRYPOINT'), ...steps('CMD')].flatMap(({ argv }) => argv)).toEqual(['feedback-graph', 'serve']);
    expect(
      steps('RUN')
        .map(({ command }) => command)
        .join(),
    ).toContain('libatomic1');
  });

  it('is given neither data, secrets, history nor what was built or installed here', () => {
    const isGiven = contextFilter();
    const hidden = ['.git/config', '.env', 'data/CURRENT', 'data.secret', 'node_modules/a/b.js', 'dist/cli.js'];
    hidden.push(
      'packages/cypher/node_modules/a.js',
      'packages/cypher/dist/index.js',
      'test/fixtures/tls/first.key.pem',
    );
    expect(hidden.filter(isGiven)).toEqual([]);
    const needed = [
      'package.json',
      'package-lock.json',
      '.npmrc',
      'tsconfig.json',
      'LICENSE',
      'src/cli.ts',
      'web/graphiql',
    ];
    needed.push(
      'packages/cypher/package.json',
      'packages/cypher/src/index.ts',
      'scripts/build-bundle.js',
      'schema/openapi.json',
    );
    expect(needed.filter((path) => !isGiven(path))).toEqual([]);
  });
});

/** Every variable of ours that a file names. */
function variablesIn(path: string): string[] {
  return [...readText(path).matchAll(/\bFEEDBACK_[A-Z_]+/g)].map(([name]) => name);
}

describe('what runs the server', () => {
  const files = [
    'Dockerfile',
    'compose.yaml',
    'ops/compose/postgres.yaml',
    'ops/compose/nginx.conf',
    'ops/systemd/feedback-graph.service',
    `${CHART}/values.yaml`,
    `${CHART}/values.schema.json`,
    `${CHART}/templates/_helpers.tpl`,
  ];

  it.each(files)('%s names only settings that there are', (path) => {
    // The prefix itself is a pattern.
    const known: string[] = ['FEEDBACK_', ...Object.values(SETTINGS).map(({ name }) => name)];
    expect(variablesIn(path).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('has the version of the package', () => {
    const { services } = readYaml('compose.yaml') as { services: { server: { image: string } } };
    expect(services.server.image).toBe(`feedback-graph:${version}`);
    expect(readText('ops/compose/postgres.yaml')).toContain(`image: feedback-graph:${version}\n`);
    expect(readYaml(`${CHART}/Chart.yaml`)).toMatchObject({ version, appVersion: version });
  });

  it('in Compose has no right and no file system that it does not need, and is bound to this machine', () => {
    for (const path of ['compose.yaml', 'ops/compose/postgres.yaml']) {
      const { services } = readYaml(path) as { services: Record<string, Record<string, unknown>> };
      for (const [name, service] of Object.entries(services)) {
        if (name !== 'database') {
          expect(service).toMatchObject({
            read_only: true,
            cap_drop: ['ALL'],
            security_opt: ['no-new-privileges:true'],
          });
        }
        if (name.startsWith('server')) {
          expect(service['stop_grace_period']).toBe('30s');
          expect(JSON.stringify(service['environment'])).toContain('${FEEDBACK_JWT_SECRET:?');
        }
        const ports = (service['ports'] ?? []) as readonly string[];
        expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
      }
    }
    const { services } = readYaml('ops/compose/postgres.yaml') as { services: Record<string, unknown> };
    expect(Object.keys(services)).toEqual(['database', 'server-1', 'server-2', 'proxy']);
    expect(services).not.toHaveProperty('server-1.ports');
  });

  it('in Compose has addresses that the proxy knows and that others cannot get', () => {
    const { services, networks } = readYaml('ops/compose/postgres.yaml') as {
      readonly services: Record<string, { networks: { feedback?: { ipv4_address: string } } }>;
      readonly networks: { feedback: { ipam: { config: [{ subnet: string; ip_range: string }] } } };
    };
    const upstreams = [...readText('ops/compose/nginx.conf').matchAll(/^ +server ([\d.]+):4000 /gm)].map(
      ([, ip]) => ip!,
    );
    const addresses = ['server-1', 'server-2'].map((name) => services[name]!.networks.feedback!.ipv4_address);
    expect(upstreams).toEqual(addresses);
    const [{ subnet, ip_range: others }] = networks.feedback.ipam.config;
    const [isOurs, isOther] = [subnet, others].map((network) => compile([network]));
    expect(addresses.map((each) => [isOurs!(each, 0), isOther!(each, 0)])).toEqual([
      [true, false],
      [true, false],
    ]);
    expect(readText('ops/compose/postgres.yaml')).toContain(`FEEDBACK_TRUSTED_PROXIES: ${subnet}\n`);
  });

  it('is behind a proxy that lets WebSockets and streams through, and sends on who asks', () => {
    const nginx = readText('ops/compose/nginx.conf');
    for (const line of [
      'proxy_http_version 1.1;',
      'proxy_buffering off;',
      'proxy_set_header Host $http_host;',
      'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
      'proxy_set_header X-Forwarded-Proto $scheme;',
      'proxy_set_header Upgrade $http_upgrade;',
      'proxy_set_header Connection $connection_upgrade;',
      // No page of nginx, which clients of an API cannot read.
      'error_page 502 504 = @no-server;',
    ]) {
      expect(nginx).toContain(line);
    }
    // Longer than a live connection is silent.
    const seconds = Number(/proxy_read_timeout (\d+)s;/.exec(nginx)?.[1]);
    expect(seconds).toBeGreaterThan(Number(SETTINGS.liveHeartbeat.default));
    // Not even for what cannot be repeated.
    expect(nginx).not.toContain('non_idempotent');
  });
});

describe('the Helm chart', () => {
  const templates = readdirSync(`${CHART}/templates`).map((name) => readText(join(CHART, 'templates', name)));
  const values = readYaml(`${CHART}/values.yaml`);
  const validate = new Ajv({ strict: false }).compile(
    JSON.parse(readText(`${CHART}/values.schema.json`)) as Record<string, unknown>,
  );

  it('has a schema that takes its values and what the comments show, and refuses others', () => {
    expect([validate(values), validate.errors]).toEqual([true, null]);
    const shown = readText(`${CHART}/values.yaml`)
      .replaceAll(/^(\w+): (?:\{\}|\[\])\n#  /gm, '$1:\n#  ')
      .replaceAll(/^#  /gm, '  ');
    expect([validate(parse(shown)), validate.errors]).toEqual([true, null]);
    expect(parse(shown)).toHaveProperty('settings.OTEL_EXPORTER_OTLP_ENDPOINT');
    const refused = [
      { store: { engine: 'postgres' } },
      { store: { engine: 'postgres', postgres: { url: 'postgres://name:password@host/database' } } },
      { settings: { FEEDBACK_JWT_SECRET: 'in plain text' } },
      { settings: { LOG_LEVEL: 'info' } },
      { serviceMonitor: { enabled: true } },
      { replicaCount: 3 },
    ];
    expect(refused.filter((each) => validate(each))).toEqual([]);
  });

  it('uses every value, and no other', () => {
    const paths = (value: unknown, path: string): string[] =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
        ? Object.entries(value).flatMap(([name, each]) => paths(each, `${path}.${name}`))
        : [path];
    const known = paths(values, '.Values');
    const used = new Set(templates.join('\n').match(/\.Values(?:\.\w+)+/g));
    // `with` goes into an object, whose names stand alone then.
    const isUsed = (path: string): boolean => [...used].some((each) => path === each || path.startsWith(`${each}.`));
    expect(known.filter((path) => !isUsed(path))).toEqual([]);
    const optional = ['.Values.nameOverride', '.Values.fullnameOverride'];
    const isKnown = (path: string): boolean => known.some((each) => each === path || each.startsWith(`${path}.`));
    expect([...used].filter((path) => !isKnown(path) && !optional.includes(path))).toEqual([]);
  });

  it('asks the probes that there are, and gives the server no right that it does not need', () => {
    const pod = readText(`${CHART}/templates/_helpers.tpl`);
    const probes = [...pod.matchAll(/path: (\/\S+),/g)].map(([, path]) => path);
    expect(probes).toEqual(['/health/live', '/health/live', '/health/ready']);
    for (const line of [
      'runAsNonRoot: true',
      'readOnlyRootFilesystem: true',
      'allowPrivilegeEscalation: false',
      'drop: [ALL]',
    ]) {
      expect(pod).toContain(line);
    }
    // The user and the port of the image.
    expect(readText('Dockerfile')).toContain(`USER ${/runAsUser: (\d+)/.exec(pod)![1]!}:`);
    expect(readText('Dockerfile')).toContain(`EXPOSE ${/containerPort: (\d+)/.exec(pod)![1]!}\n`);
    // Whoever sends requests learns late that a server ends: it waits, and still has the time that a stop takes.
    const waits = Number(/preStop:\s+exec: \{ command: \[sleep, '(\d+)'\] \}/.exec(pod)?.[1]);
    expect(waits).toBeGreaterThanOrEqual(5);
    const grace = { terminationGracePeriodSeconds: waits + STOP_SECONDS - 1 };
    expect([validate(grace), validate({ terminationGracePeriodSeconds: waits + STOP_SECONDS })]).toEqual([false, true]);
    // Secrets are of others, and only named here.
    expect(templates.join('\n')).not.toMatch(/kind: Secret\b/);
  });

  it('has as many openings as ends of blocks in each template', () => {
    for (const template of templates) {
      const opened = template.match(/\{\{-? (?:if|with|range|define)\b/g)?.length ?? 0;
      expect(template.match(/\{\{-? end\b/g)?.length ?? 0).toBe(opened);
    }
  });
});

it('the unit of systemd keeps its data where it may write, and everything else from the server', () => {
  const unit = readText('ops/systemd/feedback-graph.service');
  const lines = unit.split('\n').filter((line) => /^\w+=/.test(line));
  const valueOf = (name: string) => lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
  expect(valueOf('Environment')).toContain(`FEEDBACK_STORE=rocksdb:/var/lib/${valueOf('StateDirectory')!}/store`);
  expect(valueOf('ExecStart')).toMatch(/ serve$/);
  for (const name of [
    'DynamicUser',
    'NoNewPrivileges',
    'PrivateTmp',
    'PrivateDevices',
    'ProtectHome',
    'RestrictNamespaces',
  ]) {
    expect(valueOf(name)).toBe('yes');
  }
  expect(valueOf('ProtectSystem')).toBe('strict');
  expect(valueOf('CapabilityBoundingSet')).toBe('');
  // A setting that is wrong is no reason to start again and again.
  expect(valueOf('RestartPreventExitStatus')).toBe(String(EXIT.usage));
  expect(Number(valueOf('TimeoutStopSec'))).toBeGreaterThan(STOP_SECONDS);
  // Node.js compiles while it runs.
  expect(valueOf('MemoryDenyWriteExecute')).toBeUndefined();
});
