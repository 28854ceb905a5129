import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { measureWidth } from '../../src/cli/screen.js';
import { type CommandResult, runCommand } from '../support/command.js';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
let environment: Record<string, string>;

beforeAll(async () => {
  server = await shareServer();
  environment = { FEEDBACK_URL: server.url, FEEDBACK_TOKEN: server.token({ roles: ['admin'] }) };
});

async function done(argv: readonly string[], columns?: number): Promise<string> {
  const screen = columns === undefined ? undefined : { columns, colors: false };
  const { code, out, error } = await runCommand(argv, environment, screen);
  expect([code, error]).toEqual([0, '']);
  return out;
}

async function asJson(argv: readonly string[]): Promise<Record<string, unknown>> {
  return JSON.parse(await done([...argv, '--json'])) as Record<string, unknown>;
}

const SUBMIT = [
  'feedback',
  'submit',
  '--type',
  'positive',
  '--question',
  'How do I shard?',
  '--answer',
  'Use SHARD BY.',
];

describe('feedback', () => {
  it('is submitted with all its fields and read again', async () => {
    const fields = {
      correction: 'Use the SHARD BY clause.',
      comment: 'Nearly. \u001b[31m',
      user: 'u 1',
      interaction: 'i/1',
      model: 'llama-2-7b',
      adapter: 'all_fields',
      'adapter-version': 'v1.0',
      'external-id': 'x-1',
    };
    const flags = Object.entries(fields).flatMap(([name, value]) => [`--${name}`, value]);
    const stored = await asJson([...SUBMIT, ...flags]);
    expect(stored).toMatchObject({ type: 'positive', validation_status: 'approved', version: 1 });
    const id = String(stored['id']);
    expect(await asJson(['feedback', 'get', id])).toMatchObject({
      id,
      question: 'How do I shard?',
      answer: 'Use SHARD BY.',
      correction: fields.correction,
      comment: fields.comment,
      user_id: 'u 1',
      interaction_id: 'i/1',
      model_version: 'llama-2-7b',
      adapter_id: 'all_fields',
      adapter_version: 'v1.0',
      external_id: 'x-1',
    });
    const shown = await done(['feedback', 'get', id], 60);
    expect(shown).toMatch(new RegExp(`^id +${id}\n`));
    expect(shown).toContain(String.raw`Nearly. \u{1b}[31m`);
    expect(shown).toMatch(/^created +\d{4}-\d\d-\d\d \d\d:\d\dZ$/m);
    for (const line of shown.split('\n').slice(1)) expect(measureWidth(line)).toBeLessThanOrEqual(60);
  });

  it('is said to be flagged, and why, with exit code 0: it is stored', async () => {
    const out = await done(['feedback', 'submit', '--type', 'negative', '--question', 'Is it?', '--answer', 'It is.']);
    expect(out).toMatch(/^status +flagged$/m);
    expect(out).toMatch(/^reasons +Negative feedback has neither a correction nor a comment$/m);
  });

  it('is listed by every filter', async () => {
    const id = String(
      (await asJson([...SUBMIT, '--adapter', 'listed', '--model', 'm 1', '--user', 'lister', '--interaction', 'i-l']))[
        'id'
      ],
    );
    const all = ['--adapter', 'listed', '--model', 'm 1', '--user', 'lister', '--interaction', 'i-l', '--unused'];
    const filters = [...all, '--type', 'positive', '--status', 'approved', '--since', '2020-01-01', '--limit', '5'];
    expect(await asJson(['feedback', 'list', ...filters, '--order', 'desc'])).toMatchObject({
      feedback: [{ id }],
      count: 1,
      limit: 5,
    });
    for (const none of [['--used'], ['--until', '2020-01-01'], ['--type', 'negative'], ['--status', 'flagged']]) {
      const { code, out, error } = await runCommand(['feedback', 'list', '--user', 'lister', ...none], environment);
      expect([code, out.split('\n').length, error]).toEqual([0, 2, 'No entries match.\n']);
    }
  });

  it('goes on where a page has ended', async () => {
    const user = ['--user', 'pager'];
    for (let number = 0; number < 3; number++) await done([...SUBMIT, ...user]);
    const { out, error } = await runCommand(['feedback', 'list', ...user, '--limit', '2'], environment);
    expect(out.split('\n')).toHaveLength(4);
    const cursor = /^More entries: --cursor (\S+)\n$/.exec(error)?.[1] ?? '';
    const rest = await done(['feedback', 'list', ...user, '--limit', '2', '--cursor', cursor]);
    expect(rest.split('\n')).toHaveLength(3);
  });

  it('is shown in the width of the terminal with whole ids, and uncut elsewhere', async () => {
    const question = 'Which of the many clauses of CREATE COLLECTION decides how the data is sharded? '.repeat(3);
    const entry = ['--question', question, '--answer', 'SHARD BY.', '--user', 'wide', '--adapter', 'wide_adapter'];
    const id = String((await asJson(['feedback', 'submit', '--type', 'positive', ...entry]))['id']);
    for (const columns of [60, 80, 120, 200]) {
      const lines = (await done(['feedback', 'list', '--user', 'wide'], columns)).split('\n');
      for (const line of lines) expect(measureWidth(line)).toBeLessThanOrEqual(columns);
      expect(lines[1]).toContain(id);
    }
    expect(await done(['feedback', 'list', '--user', 'wide'], 120)).toContain('…');
    expect(await done(['feedback', 'list', '--user', 'wide'])).toContain(question.trim());
  });

  it('has colours on a terminal that has them', async () => {
    const show = (colors: boolean): Promise<CommandResult> =>
      runCommand(['feedback', 'list', '--limit', '1'], environment, { columns: 120, colors });
    expect((await show(true)).out).toContain('\u001b[32m');
    expect((await show(false)).out).not.toContain('\u001b');
  });

  it('is counted', async () => {
    const stats = await asJson(['feedback', 'stats']);
    const shown = await done(['feedback', 'stats']);
    expect(shown).toMatch(new RegExp(`^total +${String(stats['total_feedback'])} +100.0 %$`, 'm'));
    expect(shown).toMatch(new RegExp(`^flagged +${String(stats['flagged_count'])} `, 'm'));
  });

  it('is submitted as a preference, which counts in the statistics of each adapter', async () => {
    const candidates = [
      { answer: 'Use SHARD BY.', adapter_id: 'preferred/a' },
      {
        messages: [
          { role: 'user', content: 'How do I shard?' },
          { role: 'assistant', content: 'Ask the manual.' },
        ],
      },
    ];
    const argv = ['feedback', 'submit', '--candidates', JSON.stringify(candidates), '--preferred', '0'];
    expect(await asJson(argv)).toMatchObject({ type: 'preference', answer: 'Use SHARD BY.' });
    const shown = await done(['adapter', 'get', 'preferred/a']);
    expect(shown).toMatch(/^feedback +1: 0 positive, 0 negative, 1 preferences$/m);
    expect(shown).toMatch(/^win rate +1.00: 1 won, 0 lost, 0 tied$/m);
    const unknown = JSON.stringify([{ answer: 'Yes.', adapter: 'a' }, { answer: 'No.' }]);
    const refused = await runCommand(
      ['feedback', 'submit', '--question', 'Which?', '--candidates', unknown],
      environment,
    );
    expect([refused.code, refused.error]).toEqual([1, expect.stringContaining('adapter')]);
  });

  it('is linked to an adapter', async () => {
    const id = String((await asJson(SUBMIT))['id']);
    const link = ['feedback', 'link', id, 'linked/ü adapter', '--metadata', '{"confidence": 0.95}'];
    expect(await asJson(link)).toMatchObject({ feedback_id: id, metadata: { confidence: 0.95 } });
    expect(await done(link)).toMatch(/^metadata +\{"confidence":0.95\}$/m);
    expect(await done(['adapter', 'get', 'linked/ü adapter'])).toMatch(/^feedback +1: 1 positive, 0 negative$/m);
  });

  it('of a person is erased, as entries or tokens name them, once', async () => {
    const [name, other] = ['ann & bob/ü=1', 'somebody else'];
    const ids: string[] = [];
    for (const user of [name, name, other]) ids.push(String((await asJson([...SUBMIT, '--user', user]))['id']));
    for (const erased of [2, 0]) {
      expect(await asJson(['feedback', 'erase-user', '--user', name])).toMatchObject({ erased });
    }
    const { code, error } = await runCommand(['feedback', 'get', ids[0]!], environment);
    expect([code, error]).toEqual([1, expect.stringContaining('erased') as string]);
    expect(await asJson(['feedback', 'get', ids[2]!])).toMatchObject({ user_id: other });

    const own = { ...environment, FEEDBACK_TOKEN: server.token({ sub: name }) };
    expect((await runCommand([...SUBMIT, '--user', other], own)).code).toBe(0);
    expect(await done(['feedback', 'erase-user', '--sub', name])).toMatch(/^entries erased +1$/m);
  });
});

describe('adapter', () => {
  const register = async (id: string, ...derivedFrom: string[]): Promise<void> => {
    const query =
      'mutation ($id: ID!, $parents: [ID!]) { registerAdapter(id: $id, version: "v1", derivedFrom: $parents) { id } }';
    const { errors } = await server.graphql(query, { id, parents: derivedFrom }, { roles: ['trainer'] });
    expect(errors).toBeUndefined();
  };

  beforeAll(async () => {
    await register('left', 'root');
    await register('right', 'root');
    await register('merged', 'left', 'right');
    await register('child-1', 'merged');
    await register('child-2', 'merged');
  });

  it('is shown with its neighbours', async () => {
    const shown = await done(['adapter', 'get', 'merged']);
    expect(shown).toMatch(/^derived from +left, right$/m);
    expect(shown).toMatch(/^derivatives +child-1, child-2$/m);
    expect(await asJson(['adapter', 'get', 'merged'])).toMatchObject({ id: 'merged', version: 'v1' });
  });

  it('has its lineage drawn as a tree, what was drawn before not again', async () => {
    expect(await done(['adapter', 'lineage', 'merged'], 80)).toBe(`Derived from
merged  v1
├─ left  v1
│  └─ root
└─ right  v1
   └─ root

Derivatives
merged  v1
├─ child-1  v1
└─ child-2  v1
`);
    expect(await done(['adapter', 'lineage', 'root'])).toBe(`Derived from
root

Derivatives
root
├─ left  v1
│  └─ merged  v1
│     ├─ child-1  v1
│     └─ child-2  v1
└─ right  v1
   └─ merged  v1  (above)
`);
  });

  it('has its lineage as JSON', async () => {
    expect(await asJson(['adapter', 'lineage', 'left'])).toEqual({
      id: 'left',
      ancestors: { adapters: [{ id: 'root' }], derivations: [{ child: 'left', parent: 'root' }], complete: true },
      descendants: {
        adapters: ['merged', 'child-1', 'child-2'].map((id) => ({ id, version: 'v1' })),
        derivations: [
          { child: 'merged', parent: 'left' },
          { child: 'child-1', parent: 'merged' },
          { child: 'child-2', parent: 'merged' },
        ],
        complete: true,
      },
    });
  });

  it('has no more of its lineage drawn than was asked for, and says so', async () => {
    const shown = await done(['adapter', 'lineage', 'merged', '--limit', '1']);
    expect(shown).toContain('Derivatives\nmerged  v1  …\n└─ child-1  v1\n');
    expect(await asJson(['adapter', 'lineage', 'merged', '--limit', '1'])).toMatchObject({
      descendants: { adapters: [{ id: 'child-1' }], complete: false },
    });
  });

  it('of many derivatives is asked for in several requests', async () => {
    for (let number = 0; number < 45; number++) await register(`many-${number}`, 'many');
    const { descendants } = await asJson(['adapter', 'lineage', 'many']);
    expect((descendants as { adapters: unknown[] }).adapters).toHaveLength(45);
  });
});

describe('what goes wrong is one line', () => {
  const refused = async (argv: readonly string[], others: NodeJS.ProcessEnv = {}): Promise<[number, string]> => {
    const { code, out, error } = await runCommand(argv, { ...environment, ...others });
    expect(out).toBe('');
    expect(error).toMatch(/^error: [^\n]+\n$/);
    return [code, error.slice('error: '.length, -1)];
  };

  it('as the server says it', async () => {
    expect(await refused(['feedback', 'get', 'nope'])).toEqual([1, 'Feedback entry not found']);
    expect(await refused(['adapter', 'get', 'nope'])).toEqual([1, "There is no adapter 'nope'"]);
    expect(await refused(['adapter', 'lineage', 'nope'])).toEqual([1, "There is no adapter 'nope'"]);
    const [code, problem] = await refused(['feedback', 'list', '--limit', '0']);
    expect([code, problem]).toEqual([1, expect.stringMatching(/^'limit' must be /)]);
    expect((await refused(['feedback', 'link', 'nope', 'a']))[0]).toBe(1);
  });

  it('with what to do without a token, or with one that does not hold', async () => {
    expect(await refused(['feedback', 'stats'], { FEEDBACK_TOKEN: '' })).toEqual([
      1,
      'Valid Bearer Token required; pass a token with --token or FEEDBACK_TOKEN',
    ]);
    const [, problem] = await refused(['adapter', 'get', 'merged', '--token', 'x.y.z']);
    expect(problem).toBe('Valid Bearer Token required; the token is invalid or has expired');
    expect((await refused(['feedback', 'stats'], { FEEDBACK_TOKEN: 'a\nb' }))[0]).toBe(2);
  });

  it('where there is no server, or it is another one', async () => {
    const other = createServer((request, response) => {
      if (request.url?.endsWith('/stats') === true) response.writeHead(302, { location: '/elsewhere' }).end();
      else response.writeHead(502).end('<html>Bad\nGateway</html>');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    expect(await refused(['feedback', 'list', '--url', `${url}/`])).toEqual([
      1,
      `The server at ${url} is not a feedback-graph server (HTTP 502)`,
    ]);
    expect((await refused(['feedback', 'stats', '--url', url]))[1]).toContain(`Cannot reach a server at ${url}`);
    await new Promise((resolve) => other.close(resolve));
  });

  it('where nothing listens', async () => {
    const nobody = createServer();
    await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(nobody.address() as AddressInfo).port}`;
    await new Promise((resolve) => nobody.close(resolve));
    expect((await refused(['feedback', 'list', '--url', url]))[1]).toContain(
      `Cannot reach a server at ${url} (ECONNREFUSED)`,
    );
  });

  it.each([
    ['feedback', 'a command is missing; see feedback-graph feedback --help'],
    ['feedback nope', "unknown command 'nope'"],
    ['feedback get', "missing required argument 'id'"],
    [
      'feedback submit --type good',
      "option '--type <type>' argument 'good' is invalid. Allowed choices are positive, negative, preference.",
    ],
    ['feedback submit --type positive --question --answer x', "option '--question <text>' argument missing"],
    ['feedback erase-user', 'Pass either --user or --sub'],
    ['feedback erase-user --user a --sub a', 'Pass either --user or --sub'],
    ['feedback list --used --unused', "option '--unused' cannot be used with option '--used'"],
    [
      'feedback list --since soon',
      "option '--since <time>' argument 'soon' is invalid. It must be a date, a time in ISO 8601, or epoch ms.",
    ],
    [
      'feedback link a b --metadata [1]',
      "option '--metadata <json>' argument '[1]' is invalid. It must be a JSON object.",
    ],
    [
      'adapter lineage a --limit 0',
      "option '--limit <number>' argument '0' is invalid. It must be an integer from 1 to 10000.",
    ],
    [
      'feedback stats --url ftp://x',
      "option '--url <url>' argument 'ftp://x' is invalid. It must be an http or https URL without a password.",
    ],
  ])('of the command line "%s"', async (line, problem) => {
    expect(await refused(line.split(' '))).toEqual([2, problem]);
  });

  it('of the environment', async () => {
    expect(await refused(['feedback', 'stats'], { FEEDBACK_URL: 'nowhere' })).toEqual([
      2,
      'FEEDBACK_URL must be an http or https URL without a password',
    ]);
  });
});

it('help has examples and the exit codes', async () => {
  for (const argv of [
    ...['submit', 'get', 'list', 'stats', 'link', 'erase-user'].map((name) => ['feedback', name]),
    ...['get', 'lineage'].map((name) => ['adapter', name]),
    ['completion'],
  ]) {
    const { code, out } = await runCommand([...argv, '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/\nExamples?:\n {2}\$ /);
    expect(out).toContain('Exit codes: 0 ');
  }
});

it('the variables of these commands do not keep a server from starting', async () => {
  const { code } = await runCommand(['token', '--sub', 'a'], { ...environment, FEEDBACK_JWT_SECRET: 'x'.repeat(40) });
  expect(code).toBe(0);
});
