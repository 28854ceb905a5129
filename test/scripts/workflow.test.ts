import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface Job {
  readonly steps: readonly Step[];
  readonly 'runs-on': string;
  readonly 'timeout-minutes': number;
  readonly strategy?: { readonly matrix: { readonly os: readonly string[]; readonly node: readonly string[] } };
}

const LINES = ['20.19', '22', '24', '26'];
const { jobs } = parse(readFileSync('.github/workflows/ci.yml', 'utf8')) as { readonly jobs: Record<string, Job> };
const { engines, scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
};

it('the smoke test runs on every supported line of Node.js, on each platform', () => {
  const smoke = jobs['smoke']!;
  expect(smoke.strategy!.matrix).toEqual({
    os: ['ubuntu-latest', 'ubuntu-24.04-arm', 'macos-latest', 'windows-latest'],
    node: LINES,
  });
  expect(smoke['runs-on']).toBe('${{ matrix.os }}');
  expect(smoke.steps.find(({ uses }) => uses?.startsWith('actions/setup-node'))?.with).toMatchObject({
    'node-version': '${{ matrix.node }}',
  });
  expect(smoke.steps.at(-1)?.run).toBe('npm run smoke');
});

it('what CI, the package and the documents say of the lines of Node.js agrees', () => {
  expect(engines.node).toBe(`>=${LINES[0]!}`);
  expect(readFileSync('.ci/run', 'utf8')).toContain(`npm run smoke -- ${LINES.join(' ')}\n`);
  expect(readFileSync('README.md', 'utf8')).toContain(`Node.js ${LINES.slice(0, -1).join(', ')} and ${LINES.at(-1)!}`);
});

it('each step is an action of a major version, or an npm command that every shell reads the same', () => {
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  expect(Object.keys(jobs)).toEqual(['test', 'postgres', 'python', 'smoke']);
  for (const { uses, run } of steps) {
    if (uses !== undefined) expect(uses).toMatch(/^actions\/[a-z-]+@v\d+$/);
    else if (run !== 'npm ci') {
      const script = /^npm (?:run )?([a-z:]+)$/.exec(run ?? '')?.[1];
      expect([run, script === undefined ? undefined : typeof scripts[script]]).toEqual([run, 'string']);
    }
  }
});
