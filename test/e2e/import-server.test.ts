/** `feedback-graph import --url`: into a running server, within its limits. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBatchClient } from '../../src/cli/import/batch-client.js';
import { createServerTarget } from '../../src/cli/import/server-target.js';
import { parseRows } from '../../src/maintenance/import-row.js';
import { runCommand } from '../support/command.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { shareServer, startTestServer } from '../support/server.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-import-'));
});
afterEach(() => rm(directory, { recursive: true }));

const numbered = (count: number) =>
  Array.from({ length: count }, (_, id) => ({
    ...APPROVED,
    id: `row-${id}`,
    answer: `The answer with the number ${id}.`,
    created_at: '2024-05-01T12:00:00Z',
  }));

const toRows = (objects: readonly object[]) =>
  objects.flatMap((object, index) => {
    const text = JSON.stringify(object);
    const options = { mapping: new Map(), constants: new Map(), adapters: new Map() };
    return parseRows(text, options, Date.now()).map((row) => ({ record: { number: index + 1, text }, row }));
  });

describe('an import into a running server', () => {
  it('stores every row once, however often it runs, and lists what is refused', async () => {
    const server = await shareServer();
    const environment = { FEEDBACK_TOKEN: server.token({}) };
    const file = join(directory, 'rows.json');
    const broken = { ...APPROVED, type: 'negative', user_id: 'a'.repeat(300) };
    await writeFile(file, JSON.stringify([...numbered(3), broken]));
    const argv = ['import', file, '--url', server.url];
    const first = await runCommand(argv, environment);
    expect(first).toMatchObject({
      code: 1,
      out: 'Imported 3 entries\n  approved  3  rows 1-3\n  refused   1  row 4\n',
      error: `error: 1 row was refused: see ${file}.refused.jsonl\n`,
    });
    expect(await readFile(`${file}.refused.jsonl`, 'utf8')).toContain("'user_id' must be 1 to 256 bytes of UTF-8");
    const again = await runCommand([...argv, '--start-at', '2', '--json'], environment);
    expect(again.code).toBe(1);
    const { body } = await server.call<{ count: number; feedback: { created_at: number }[] }>('GET', BASE);
    expect(body.count).toBe(3);
    expect(body.feedback.map(({ created_at: at }) => at)).toEqual([1, 2, 3].map(() => Date.UTC(2024, 4, 1, 12)));
  });

  it('takes exported preferences, whose links come with them, and names what a candidate has no field for', async () => {
    const server = await shareServer();
    const candidates = [
      { answer: 'Port 4000 is the default.', adapter_id: 'ports_a', model_version: 'm-1' },
      { answer: 'Port 8080 is the default.', adapter_id: 'ports_b' },
    ];
    const preference = { question: 'Which port is the default?', candidates, preferred: 1 };
    const links = [{ adapter_id: 'ports_a' }, { adapter_id: 'ports_b' }];
    const file = join(directory, 'preferences.json');
    const misspelled = { ...preference, candidates: [{ ...candidates[0], adapterName: 'x' }, candidates[1]] };
    await writeFile(file, JSON.stringify([{ ...preference, links, external_id: 'a port' }, misspelled]));
    const result = await runCommand(['import', file, '--url', server.url, '--json'], {
      FEEDBACK_TOKEN: server.token({}),
    });
    expect(result.out + result.error).not.toContain('without its links');
    expect(await readFile(`${file}.refused.jsonl`, 'utf8')).toContain(
      "'candidates[0].adapterName' is not a known field; known are answer, messages, adapter_id, model_version",
    );
    const { body } = await server.call<{ feedback: object[] }>('GET', `${BASE}/by-adapter/ports_a`);
    expect(body.feedback).toMatchObject([preference]);
  });

  it('leaves what was revised or withdrawn since as it is, and takes rows that say something else', async () => {
    const server = await shareServer();
    const file = join(directory, 'named.json');
    const named = (count: number) =>
      numbered(count).map(({ created_at: _, id, ...row }) => ({
        ...row,
        external_id: id,
        user_id: 'u',
        interaction_id: id,
      }));
    const run = async (rows: readonly object[]) => {
      await writeFile(file, JSON.stringify(rows));
      const argv = ['import', file, '--url', server.url, '--json'];
      const { code, out } = await runCommand(argv, { FEEDBACK_TOKEN: server.token({}) });
      const summary = JSON.parse(out) as Record<string, { count: number }>;
      return [code, ...['approved', 'updated', 'unchanged'].map((fate) => summary[fate]?.count)];
    };
    const list = async () =>
      (await server.call<{ feedback: { id: string; type: string }[] }>('GET', BASE)).body.feedback;
    expect(await run(named(4))).toEqual([0, 4, 0, 0]);
    expect(await run(named(4))).toEqual([0, 0, 0, 4]);

    const [revised, withdrawn] = await list();
    const patch = (id: string | undefined, body: object) => server.call('PATCH', `${BASE}/${id}`, { body });
    await patch(revised?.id, { type: 'negative', comment: 'Wrong, after all.' });
    await patch(withdrawn?.id, { withdrawn: true });
    const after = await list();
    expect(await run(named(4))).toEqual([0, 0, 0, 4]);
    expect(await list()).toEqual(after);

    const changed = named(4).map((row, index) => (index === 0 ? { ...row, comment: 'Right, I think.' } : row));
    expect(await run(changed)).toEqual([0, 0, 1, 3]);
    expect((await list())[0]).toMatchObject({ type: 'positive', comment: 'Right, I think.', version: 3 });

    // Who submits it again, and imports nothing, means it.
    const again = await server.call('POST', BASE, { body: named(4)[1] });
    expect(again).toMatchObject({ status: 200, body: { updated: true } });
  });

  it('waits for limits, and sends what still fits into them', async () => {
    const server = await startTestServer({ limits: { userPerMinute: 20, orgPerHour: 0 } });
    try {
      const waits: number[] = [];
      const wait = (milliseconds: number) => {
        waits.push(milliseconds);
        // As if a minute had passed: the limits of another user are fresh.
        sub += 1;
        return Promise.resolve();
      };
      let sub = 0;
      const fresh: typeof fetch = (input, init) => {
        const headers = new Headers(init?.headers);
        headers.set('authorization', `Bearer ${server.token({ sub: `user-${sub}` })}`);
        return fetch(input, { ...init, headers });
      };
      const target = createServerTarget(
        createBatchClient({ url: server.url, token: undefined, fetch: fresh, wait }),
        wait,
      );
      const outcomes = await target.take(toRows(numbered(50)));
      expect(outcomes).toHaveLength(50);
      expect(outcomes.every(({ fate }) => fate === 'created')).toBe(true);
      expect(waits.length).toBeGreaterThan(0);
      expect(waits.every((milliseconds) => milliseconds > 0 && milliseconds <= 60_000)).toBe(true);
    } finally {
      await server.stop();
    }
  });

  it('repeats what failed for a reason that passes, with one key, and goes on', async () => {
    const server = await shareServer();
    const keys: (string | null)[] = [];
    const waits: number[] = [];
    const flaky: typeof fetch = async (input, init) => {
      keys.push(new Headers(init?.headers).get('idempotency-key'));
      if (keys.length === 1) throw new TypeError('fetch failed');
      if (keys.length === 2) return new Response('{}', { status: 503, headers: { 'retry-after': '7' } });
      const response = await fetch(input, init);
      // It arrived, and the answer was lost.
      if (keys.length === 3) throw new TypeError('terminated');
      return response;
    };
    const settings = {
      url: server.url,
      token: server.token({}),
      fetch: flaky,
      wait: (ms: number) => Promise.resolve(void waits.push(ms)),
    };
    const outcomes = await createServerTarget(createBatchClient(settings)).take(toRows(numbered(2)));
    expect(outcomes.map(({ fate }) => fate)).toEqual(['created', 'created']);
    expect(new Set(keys).size).toBe(1);
    expect(waits).toHaveLength(3);
    expect(waits[1]).toBe(7_000);
  });

  it('halves a batch that is too large for the server', async () => {
    const server = await startTestServer({ bodyLimit: 2 * 1024 });
    try {
      const target = createServerTarget(createBatchClient({ url: server.url, token: server.token({}) }));
      const long = numbered(40).map((row) => ({ ...row, comment: 'Long, and long again. '.repeat(200) }));
      const outcomes = await target.take(toRows(long));
      expect(outcomes.map(({ record }) => record.number)).toEqual(long.map((_, index) => index + 1));
    } finally {
      await server.stop();
    }
  });

  it('says what is wrong with a token, a server or the command line', async () => {
    const server = await shareServer();
    const file = join(directory, 'rows.json');
    await writeFile(file, JSON.stringify(numbered(1)));
    const run = (...options: string[]) => runCommand(['import', file, ...options]);
    expect(await run('--url', server.url, '--token', 'wrong')).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringMatching(/Valid Bearer Token required\. It stopped at row 1: run it again/) as string,
    });
    expect(await run('--url', server.url, '--org', 'a')).toMatchObject({ code: 2 });
    expect(await run('--url', server.url, '--keep-status')).toMatchObject({ code: 2 });
    expect(await run('--token', 'a')).toMatchObject({ code: 2, error: 'error: --token needs --url\n' });
    expect(await run('--start-at', '0')).toMatchObject({ code: 2 });
  });
});
