import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Submission } from '../../src/model/submission.js';
import { BUILT_IN } from '../../src/validation/built-in/index.js';
import { createPluginSlot, runChain } from '../../src/validation/chain.js';
import type { PluginHost, PluginVerdict, Verdict } from '../../src/validation/contract.js';
import {
  type PluginSetting,
  PluginSettingError,
  startValidation,
  type Validation,
} from '../../src/validation/registry.js';

const GOOD: Submission = { type: 'positive', question: 'What is a shard?', answer: 'A part of the data.' };
const workerFile = new URL('../../dist/validation/plugin-worker.js', import.meta.url);
const host: PluginHost = {
  lookup: {
    ofAdapter: () => Promise.resolve([]),
    find: (_org, ids) => Promise.resolve(ids.map((id) => ({ ...GOOD, id, createdAt: 1 }))),
  },
  hash: (org, text) =>
    Buffer.from(org + text)
      .toString('base64url')
      .slice(0, 22)
      .padEnd(22, '-'),
};
let directory: string;
let warnings: string[] = [];
const running: Validation[] = [];
const logger = { warn: (_fields: object, message: string) => void warnings.push(message) };

async function start(...settings: PluginSetting[]): Promise<Validation> {
  const validation = await startValidation(settings, { host, logger, workerFile });
  running.push(validation);
  return validation;
}

let modules = 0;
async function moduleOf(source: string): Promise<string> {
  const path = join(directory, `plugin-${(modules += 1)}.mjs`);
  await writeFile(path, source);
  return path;
}

async function startModule(source: string, setting: Partial<PluginSetting> = {}): Promise<Validation> {
  return start({ name: 'own', module: await moduleOf(source), ...setting });
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-plugins-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
  warnings = [];
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('the setting validation_plugin', () => {
  it.each<[string, PluginSetting, RegExp]>([
    ['an unknown plugin', { name: 'magic' }, /^validation_plugin\.name 'magic' is not known/],
    ['a name of the prototype', { name: 'constructor' }, /is not known/],
    ['an unknown key', { name: 'basic_spam_detection', config: { keywords: [] } }, /config\.keywords is not a setting/],
    ['a key for noop', { name: 'noop', config: { x: 1 } }, /config\.x is not a setting of noop, which has none/],
    ['keywords that are blank', { name: 'basic_spam_detection', config: { spam_keywords: [' '] } }, /spam_keywords/],
    [
      'a length that is no number',
      { name: 'basic_spam_detection', config: { min_length: '3' } },
      /min_length must be an integer/,
    ],
    ['a missing model', { name: 'onnx_classifier' }, /config\.ml_model_path is missing/],
    [
      'a model that is no ONNX file',
      { name: 'onnx_classifier', config: { ml_model_path: '/nowhere' } },
      /cannot be read as an ONNX model/,
    ],
    [
      'an unknown mode',
      { name: 'pii_redaction', config: { mode: 'hide' } },
      /config\.mode must be one of: flag, replace/,
    ],
    [
      'a module that is not there',
      { name: 'own', module: './nowhere.mjs' },
      /module '\.\/nowhere\.mjs' cannot be loaded/,
    ],
  ])('refuses %s', async (_name, setting, message) => {
    const refused = start(setting);
    await expect(refused).rejects.toThrow(PluginSettingError);
    await expect(refused).rejects.toThrow(message);
  });

  it('is refused with the position in a list that is wrong', async () => {
    await expect(start({ name: 'noop' }, { name: 'noop', config: { x: 1 } })).rejects.toThrow(
      /^validation_plugin\[1\]\.config\.x/,
    );
  });

  it('can replace keywords and lengths of the basic rules', async () => {
    const config = { spam_keywords: ['a+b (c)'], min_length: 1, quality_length: 2, max_repetition: 3 };
    const { validate } = await start({ name: 'basic_spam_detection', config });
    const status = async (answer: string): Promise<string> => (await validate({ ...GOOD, answer }, 'default')).status;
    expect(await status('casino')).toBe('approved');
    expect(await status('see A+B (c).')).toBe('rejected');
    expect(await status('aaa')).toBe('rejected');
    expect(await status('a')).toBe('flagged');
  });

  it('can name noop, which approves everything', async () => {
    const { validate } = await start({ name: 'noop' });
    const verdict = await validate({ type: 'negative', question: 'x', answer: 'casino' }, 'default');
    expect(verdict).toEqual({ status: 'approved', reasons: [] });
  });
});

describe('a chain of plugins', () => {
  const STATUS = {
    accept: 'approved',
    modify: 'approved',
    flag: 'flagged',
    reject: 'rejected',
    failed: 'flagged',
  } as const;
  const WORST = ['approved', 'flagged', 'rejected'];
  const anySaid = fc.constantFrom(...(Object.keys(STATUS) as (keyof typeof STATUS)[]));

  const runAll = (said: readonly (keyof typeof STATUS)[]): Promise<Verdict> =>
    runChain(
      said.map((each, index) =>
        createPluginSlot(
          {
            name: `p${index}`,
            validate: ({ answer }): PluginVerdict => {
              if (each === 'failed') throw new Error('no');
              if (each === 'modify') return { verdict: each, changes: { answer: `${answer}${index},` } };
              return each === 'accept' ? { verdict: each } : { verdict: each, reasons: [`r${index}`] };
            },
          },
          1_000,
        ),
      ),
      { ...GOOD, answer: '' },
      'default',
      logger,
    );

  it('takes the worst verdict, all reasons and all changes in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anySaid, { maxLength: 6 }), async (said) => {
        const verdict = await runAll(said);
        const worst = Math.max(0, ...said.map((each) => WORST.indexOf(STATUS[each])));
        expect(verdict.status).toBe(WORST[worst]);
        expect(verdict.reasons).toHaveLength(said.filter((each) => STATUS[each] !== 'approved').length);
        const changed = said.flatMap((each, index) => (each === 'modify' ? [`${index},`] : [])).join('');
        expect(verdict.changes?.answer ?? '').toBe(changed);
      }),
    );
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a word', 'accept'],
    ['a verdict that is none', { verdict: 'maybe' }],
    ['no reason', { verdict: 'reject' }],
    ['a confidence of 2', { verdict: 'accept', confidence: 2 }],
    ['a confidence that is no number', { verdict: 'accept', confidence: Number.NaN }],
    ['too much data', { verdict: 'accept', data: { x: 'x'.repeat(5_000) } }],
    ['data that is no JSON', { verdict: 'accept', data: { x: 1n } }],
    ['a change of the type', { verdict: 'modify', changes: { type: 'negative' } }],
    ['a blank text', { verdict: 'modify', changes: { question: ' ' } }],
    ['a lone surrogate', { verdict: 'modify', changes: { question: '\ud800' } }],
    [
      'a fingerprint that could be another key',
      { verdict: 'accept', fingerprint: { value: 'a:b:c:d:e:f:g:h:i', window: 1 } },
    ],
  ])('flags an entry for which a plugin answers %s', async (_name, answer) => {
    const slot = createPluginSlot({ name: 'odd', validate: () => answer as PluginVerdict }, 1_000);
    const verdict = await runChain([slot], GOOD, 'default', logger);
    expect(verdict.status).toBe('flagged');
    expect(verdict.reasons[0]).toMatch(/^Could not be validated: the plugin odd /);
    expect(verdict.changes).toBeUndefined();
    expect(slot.counts).toMatchObject({ failures: 1, failuresInARow: 1 });
    expect(warnings).toHaveLength(1);
  });

  it('waits for a plugin up to the time limit, then aborts it', async () => {
    let aborted = false;
    const slot = createPluginSlot(
      {
        name: 'slow',
        validate: (_submission, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              aborted = true;
              reject(new Error('late'));
            });
          }),
      },
      5,
    );
    expect((await runChain([slot], GOOD, 'default', logger)).status).toBe('flagged');
    expect(aborted).toBe(true);
    expect(slot.counts.timeouts).toBe(1);
  });
});

it('the schemas of the built-in plugins, which no start checks, are valid', () => {
  const ajv = new Ajv({ strict: false });
  for (const create of BUILT_IN.values()) {
    const { name, configSchema = {} } = create();
    expect([name, ajv.validateSchema(configSchema), ajv.errors]).toEqual([name, true, null]);
  }
});

describe("a plugin that is a module of the operator's", () => {
  it('works as docs/validation-plugins.md has it', async () => {
    const page = await readFile(new URL('../../docs/validation-plugins.md', import.meta.url), 'utf8');
    const source = /```js\n(\/\/ no-shouting\.mjs\n[^]*?)```/.exec(page)?.[1];
    const { validate } = await startModule(source ?? '', { config: { most_capitals: 0.5 } });
    expect(await validate(GOOD, 'default')).toEqual({ status: 'approved', reasons: [] });
    const loud = await validate({ ...GOOD, question: 'WHAT IS IT?', answer: 'NO IDEA' }, 'default');
    expect(loud).toMatchObject({ status: 'flagged', reasons: ['It is written in capitals'] });
    expect(loud.findings).toMatchObject([{ plugin: 'own', version: '1.0.0', verdict: 'flag', data: { capitals: 1 } }]);
  });

  it('has its config checked by its own schema', async () => {
    const source = `export default { name: 'x', configSchema: { type: 'object', required: ['k'] }, validate: () => ({ verdict: 'accept' }) };`;
    await expect(startModule(source)).rejects.toThrow('validation_plugin.config.k is missing');
  });

  it('that cannot initialize stops the start', async () => {
    const source = `export default { name: 'x', initialize() { throw new Error('has no model'); }, validate() {} };`;
    await expect(startModule(source)).rejects.toThrow(/the plugin 'own' .*has no model/);
  });

  it('can query stored entries, sees the entry before the change, and reports', async () => {
    const source = `
      let seen = 0;
      let host;
      export default () => ({
        name: 'x',
        initialize(_config, given) { host = given; },
        async validate({ organization }) {
          const [entry] = await host.lookup.find(organization, ['feedback-1']);
          const value = await host.hash(organization, 'text');
          return { verdict: 'reject', reasons: [entry.id], fingerprint: { value, window: 5 } };
        },
        onStored() { seen += 1; },
        statistics: () => ({ seen }),
      });`;
    const { validate, stored, report } = await startModule(source);
    expect(await validate(GOOD, 'org')).toMatchObject({
      status: 'rejected',
      reasons: ['feedback-1'],
      fingerprint: { window: 5 },
    });
    stored('feedback-2', () => ({ ...GOOD, organization: 'org' }));
    // Messages to the thread keep their order.
    expect(await report()).toMatchObject([
      { name: 'own', verdicts: { reject: 1 }, failures: 0, failing: false, own: { seen: 1 } },
    ]);
  });

  it('that throws, leaks and loops breaks nothing, and works again', async () => {
    const source = `
      export default {
        name: 'x',
        validate({ question }) {
          if (question === 'throw') throw new Error('no');
          if (question === 'leak') Promise.reject(new Error('leaked'));
          if (question === 'exit') process.exit(1);
          if (question === 'loop') for (;;);
          return { verdict: 'accept' };
        },
      };`;
    const { validate, failing, report } = await startModule(source, { timeoutMs: 500 });
    const status = async (question: string): Promise<string> =>
      (await validate({ ...GOOD, question }, 'default')).status;
    expect(await status('leak')).toBe('approved');
    expect(await status('throw')).toBe('flagged');
    expect(await status('exit')).toBe('flagged');
    expect(failing()).toEqual([]);
    expect(await status('loop')).toBe('flagged');
    expect(failing()).toEqual(['own']);
    // The loop is ended, and the thread started again.
    await expect.poll(() => status('fine'), { timeout: 20_000 }).toBe('approved');
    expect(failing()).toEqual([]);
    expect(await report()).toMatchObject([{ lastFailure: { reason: expect.any(String) as string } }]);
    expect(warnings).toContain('a validation plugin did not handle an error');
  }, 30_000);
});

describe('the environment of a module', () => {
  const SHOWS_ENVIRONMENT = `export default {
    name: 'own',
    validate: () => ({ verdict: 'flag', reasons: [Object.keys(process.env).join(' ').slice(0, 500)] }),
  };`;

  const namesSeen = async (setting: Partial<PluginSetting> = {}): Promise<string[]> => {
    const validation = await startModule(SHOWS_ENVIRONMENT, setting);
    const { reasons } = await validation.validate(GOOD, 'acme');
    return reasons.join(' ').split(' ');
  };

  it('has no secret of the server, nor anything else that is not listed', async () => {
    vi.stubEnv('FEEDBACK_JWT_SECRET', 'a secret');
    vi.stubEnv('DATABASE_PASSWORD', 'another');
    vi.stubEnv('LC_TIME', 'C');
    const seen = await namesSeen();
    expect(seen.map((name) => name.toUpperCase())).toContain('PATH');
    expect(seen).toContain('LC_TIME');
    expect(seen).not.toContain('DATABASE_PASSWORD');
    expect(seen.filter((name) => name.startsWith('FEEDBACK_'))).toEqual([]);
  });

  it('has what its setting lists', async () => {
    vi.stubEnv('MODERATION_API_KEY', 'a key');
    vi.stubEnv('DATABASE_PASSWORD', 'another');
    const seen = await namesSeen({ environment: ['MODERATION_API_KEY', 'NOT_SET'] });
    expect(seen).toContain('MODERATION_API_KEY');
    expect(seen).not.toContain('DATABASE_PASSWORD');
    expect(seen).not.toContain('NOT_SET');
  });
});
