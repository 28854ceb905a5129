import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import { run } from '../../src/cli/run.js';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { MAX_RECORD_BYTES } from '../../src/maintenance/import/records.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import { feedbackIdTime } from '../../src/model/ids.js';
import type { Store } from '../../src/store/contract.js';
import { openStore } from '../../src/store/open.js';
import { APPROVED } from '../support/feedback.js';
import { domainOf } from './support.js';

type Row = Record<string, unknown>;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-'));
});
afterEach(() => rm(directory, { recursive: true }));

const at = (name: string): string => join(directory, name);

async function command(name: string, file: string, store: string, ...more: string[]) {
  let out = '';
  let error = '';
  const code = await run([name, at(file), '--store', `rocksdb:${at(store)}`, ...more], {
    environment: {},
    out: (text) => void (out += text),
    error: (text) => void (error += text),
  });
  return { code, out, error };
}

/** Imports these lines, strings as they are, into the store `data`. */
async function importLines(lines: readonly (Row | string)[], ...more: string[]) {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  await writeFile(at('in.jsonl'), text);
  return command('import', 'in.jsonl', 'data', ...more);
}

/** The numbers of a summary. */
function counts(out: string): Record<string, number> {
  const lines = [...out.matchAll(/^ {2}(\S.*?) {2,}([\d,]+) {2}(?:line|row)/gm)];
  return Object.fromEntries(lines.map(([, label = '', number = '']) => [label, Number(number.replaceAll(',', ''))]));
}

async function rowsOf(file: string): Promise<Row[]> {
  const text = await readFile(at(file), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
}

async function exported(store = 'data', ...more: string[]): Promise<Row[]> {
  expect(await command('export', `${store}.jsonl`, store, '--force', ...more)).toMatchObject({ code: 0, error: '' });
  return rowsOf(`${store}.jsonl`);
}

async function within<T>(name: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(`rocksdb:${at(name)}`);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const agrees = (name: string): Promise<void> =>
  within(name, async (store) => {
    expect(await verifyStore(store)).toMatchObject({ found: 0, notChecked: [] });
  });

describe('feedback-graph import', () => {
  it('stores rows under ids of their own times, judged as if submitted', async () => {
    const time = Date.UTC(2023, 4, 1, 12);
    const made = await importLines([
      { ...APPROVED, created_at: time + 1, user_id: 42, adapter_id: 'lora', adapter_version: 'v1', unknown: [1] },
      { ...APPROVED, created_at: '2023-05-01T14:00:00+02:00', comment: '', correction: null },
      '',
      { ...APPROVED, type: 'negative', created_at: time + 2 },
      { ...APPROVED, answer: 'Buy now!', external_id: 'e-1' },
    ]);
    expect(made).toMatchObject({ code: 0, error: '' });
    expect(made.out.split('\n')[0]).toBe('Imported 4 entries');
    expect(counts(made.out)).toEqual({ approved: 2, flagged: 1, rejected: 1 });
    const rows = await exported();
    expect(rows).toMatchObject([
      { created_at: time, validation_status: 'approved', links: [] },
      {
        user_id: '42',
        adapter_id: 'lora',
        created_at: time + 1,
        links: [{ adapter_id: 'lora', adapter_version: 'v1' }],
      },
      { created_at: time + 2, validation_status: 'flagged' },
      { external_id: 'e-1', validation_status: 'rejected', organization: 'default', submitted_by: 'import' },
    ]);
    for (const row of rows.slice(0, 3)) expect(feedbackIdTime(String(row['id']))).toBe(row['created_at']);
    expect(rows[0]).not.toHaveProperty('comment');
    expect((await readdir(directory)).sort()).toEqual(['data', 'data.jsonl', 'in.jsonl']);
    await agrees('data');
  });

  it('tells bad lines with number and reason, and keeps the good ones', async () => {
    const bad: [Row | string, string][] = [
      ['{"type": ', 'The row is not valid JSON'],
      ['[1]', 'The row must be a JSON object'],
      [{ question: 'What is it?', answer: 'Something.' }, "Missing 'type' field (positive or negative)"],
      [
        { ...APPROVED, type: 'so-so' },
        "'type' must be positive, negative or preference, or another pair that the documentation names",
      ],
      [{ type: 'positive', question: 3 }, "'question' must be a string; Missing 'answer' field (a string)"],
      [{ ...APPROVED, question: '  ' }, "Missing 'question' field (a string)"],
      [{ ...APPROVED, user_id: 'a\u0000', model_version: '' }, "'user_id' must not contain control characters"],
      [{ ...APPROVED, comment: 'x'.repeat(100_001) }, "'comment' must be at most 100000 characters long"],
      [
        { ...APPROVED, adapter_id: 'batch-7' },
        "'adapter_id' must not start with 'feedback-' or 'batch-', which name other kinds of nodes",
      ],
      [
        { ...APPROVED, created_at: '2023-05-01' },
        "'created_at' must be a time from the year 2000 on: epoch seconds or milliseconds, or RFC 3339 with a UTC offset, such as 2024-05-01T12:00:00Z",
      ],
      [{ ...APPROVED, created_at: 9e14 }, "'created_at' must not be in the future"],
      [{ ...APPROVED, organization: 'a\nb' }, "'organization' must not contain control characters"],
      [{ ...APPROVED, links: [{ to: 'x' }] }, "'links' must be a list of objects with an 'adapter_id'"],
      [
        { ...APPROVED, used_for_training: true },
        "'training_batch_id' must be the number of the batch that used the entry",
      ],
      [`"${'x'.repeat(MAX_RECORD_BYTES)}"`, 'The row is longer than 16 MiB'],
    ];
    const made = await importLines([...bad.map(([line]) => line), { ...APPROVED, external_id: 'good' }]);
    expect(made).toEqual({
      code: 1,
      out: `Imported 1 entry\n  approved   1  line ${bad.length + 1}\n  refused   ${bad.length}  lines 1-${bad.length}\n`,
      error: `error: ${bad.length} rows were refused: see ${at('in.jsonl')}.refused.jsonl\n`,
    });
    const told = await rowsOf('in.jsonl.refused.jsonl');
    expect(told.map(({ line, reason }) => [line, reason]).sort(([a], [b]) => Number(a) - Number(b))).toEqual(
      bad.map(([, reason], index) => [index + 1, reason]),
    );
    const [first] = told;
    expect(first).toEqual({ line: 1, reason: 'The row is not valid JSON', text: '{"type": ' });
    expect((await exported()).map((row) => row['external_id'])).toEqual(['good']);

    // A run without bad lines takes the file of the run before away.
    await importLines([{ ...APPROVED, external_id: 'good' }]);
    expect(await readdir(directory)).not.toContain('in.jsonl.refused.jsonl');
    await agrees('data');
  });

  it('imports an exported preference whose answers a plugin made equal, and refuses a new one', async () => {
    const candidates = [{ answer: 'Write to [EMAIL]' }, { answer: 'Write to [EMAIL]' }];
    const row = { question: 'Whom should I write to?', candidates, preferred: 0 };
    const { out } = await importLines([{ ...row, id: 'feedback-01890a5d-ac96-774b-bcce-b302099a8057' }, row]);
    expect(counts(out)).toEqual({ approved: 1, refused: 1 });
    const stored = await exported();
    expect(stored).toMatchObject([row]);
    expect(counts((await importLines([JSON.stringify(stored[0])])).out)).toEqual({ unchanged: 1 });
    await agrees('data');
  });

  it('imports nothing twice, within a file or over runs, by external id, id or line', async () => {
    const lines: Row[] = [
      { ...APPROVED, external_id: 'e-1' },
      { ...APPROVED, external_id: 'e-1' },
      { ...APPROVED, id: 17 },
      { ...APPROVED, id: 17 },
      { ...APPROVED, id: 'a', created_at: 1e12 },
      { ...APPROVED, id: 'a', created_at: 1e12 },
      { ...APPROVED, created_at: 1e12 },
      { ...APPROVED, created_at: 1e12 },
      { ...APPROVED, comment: 'Without a name.' },
      { ...APPROVED, comment: 'Without a name.' },
    ];
    expect(counts((await importLines(lines)).out)).toEqual({ approved: 5, unchanged: 5 });
    const before = await exported();
    expect(counts((await importLines([...lines].reverse())).out)).toEqual({ unchanged: 10 });
    expect(counts((await importLines([...lines, { ...APPROVED, id: 18 }])).out)).toEqual({
      approved: 1,
      unchanged: 10,
    });
    expect((await exported()).filter((row) => before.some(({ id }) => id === row['id']))).toEqual(before);
  });

  it('takes a row that says something else by now as a change of mind', async () => {
    const rated = { ...APPROVED, external_id: 'trace-7-user_feedback' };
    const voted = { ...APPROVED, user_id: 'ann', interaction_id: 'i' };
    await importLines([rated, voted]);
    const lines = [rated, voted].map((row) => ({ ...row, type: 'negative', comment: 'On second thoughts.' }));
    expect((await importLines(lines)).out).toMatch(/updated +2 /);
    expect((await importLines(lines)).out).toMatch(/unchanged +2 /);
    const rows = await exported();
    expect(rows).toMatchObject([
      { type: 'negative', comment: 'On second thoughts.', version: 2 },
      { type: 'negative', comment: 'On second thoughts.', version: 2 },
    ]);
    expect((await importLines([voted, { ...voted, comment: 'Yes.' }])).out).toMatch(/updated +2 /);
    await agrees('data');
  });

  it('never brings back what was erased', async () => {
    const lines: Row[] = [1, 2, 3].map((id) => ({
      ...APPROVED,
      external_id: `e-${id}`,
      created_at: 1e12 + id,
      user_id: `u${id}`,
    }));
    await importLines(lines);
    const [, second] = await exported();
    await within('data', async (store) => {
      const services = { store, keyedHash: await loadKeyedHash(store), now: Date.now };
      await eraseFeedback(services, { sub: 'root', org: 'default', requestId: 'r' }, String(second!['id']));
    });
    const { code, out } = await importLines(lines);
    expect([code, counts(out)]).toEqual([0, { unchanged: 2, 'erased before': 1 }]);
    expect((await exported()).map((row) => row['user_id'])).toEqual(['u1', 'u3']);
  });

  it('maps the names of others, and takes their words for good and bad', async () => {
    const lines: Row[] = [
      { prompt: 'How do I shard?', response: { text: 'Use SHARD BY.' }, rating: 'thumbs_up', id: 1 },
      { prompt: 'How do I shard?', response: { text: 'No idea at all.' }, rating: -1, id: 2, question: 'Not this.' },
      { prompt: 'How do I shard?', response: 'Not there.', rating: true, id: 3 },
    ];
    const made = await importLines(lines, '--map', 'prompt=question, response.text=answer,rating=type');
    expect([made.code, counts(made.out)]).toEqual([1, { approved: 1, flagged: 1, refused: 1 }]);
    expect(await rowsOf('in.jsonl.refused.jsonl')).toMatchObject([
      { line: 3, reason: "Missing 'answer' field (a string)" },
    ]);
    expect(await exported()).toMatchObject([
      { type: 'positive', question: 'How do I shard?', answer: 'Use SHARD BY.' },
      { type: 'negative', question: 'How do I shard?', answer: 'No idea at all.' },
    ]);
    for (const map of ['prompt', '=question', 'prompt=query', '']) {
      expect(await importLines(lines, '--map', map)).toMatchObject({ code: 2, out: '' });
    }
  });

  it('puts entries where the rows say, or all into one organization', async () => {
    const lines: Row[] = [
      { ...APPROVED, id: 1, organization: 'a:1' },
      { ...APPROVED, id: 2, organization: 'b' },
      { ...APPROVED, id: 3 },
    ];
    await importLines(lines);
    expect((await exported()).map((row) => row['organization'])).toEqual(['a:1', 'b', 'default']);
    await importLines(lines, '--org', 'c');
    expect(await exported('data', '--org', 'c')).toHaveLength(3);
    expect(await exported('data', '--org', 'a:1')).toHaveLength(1);
    expect(await exported('data', '--org', 'nobody')).toEqual([]);
    await agrees('data');
  });

  it('keeps status and use if told to, and finishes what a run before has left', async () => {
    const lines: Row[] = [
      { ...APPROVED, id: 1, validation_status: 'rejected', validation_reasons: ['By hand'] },
      { ...APPROVED, id: 2, validation_status: 'approved', used_for_training: true, training_batch_id: 3 },
      { ...APPROVED, id: 3, validation_status: 'pending' },
      { ...APPROVED, id: 4, validation_status: 'flagged', used_for_training: true, training_batch_id: 3 },
      { ...APPROVED, id: 5, links: [{ adapter_id: 'l1', metadata: { by: 1 } }, { adapter_id: 'l2' }] },
      { ...APPROVED, id: 6, links: [{ adapter_id: 'l3' }, { adapter_id: 'batch-1' }] },
    ];
    // As if a run had ended between an entry and what hangs on it.
    await importLines([
      { ...APPROVED, id: 2 },
      { ...APPROVED, id: 5 },
    ]);
    for (const fates of [{ approved: 2, flagged: 1, rejected: 1, unchanged: 2 }, { unchanged: 6 }]) {
      const { code, out } = await importLines(lines, '--keep-status');
      expect([code, counts(out)]).toEqual([1, { ...fates, refused: 2 }]);
      expect((await rowsOf('in.jsonl.refused.jsonl')).map(({ line, reason }) => [line, reason])).toEqual([
        [4, 'The entry is there, but not marked as used, as it is not approved'],
        [
          6,
          "The entry is there, but not its link to 'batch-1': 'adapter_id' must not start with 'feedback-' or 'batch-', which name other kinds of nodes",
        ],
      ]);
      const byName = new Map((await exported()).map((row) => [row['external_id'], row]));
      const rows = [...byName.values()];
      expect(rows).toHaveLength(6);
      expect(rows.map((row) => row['validation_status']).sort()).toEqual([
        ...Array<string>(4).fill('approved'),
        'flagged',
        'rejected',
      ]);
      expect(rows.filter((row) => row['used_for_training'] === true)).toMatchObject([{ training_batch_id: 3 }]);
      expect(
        rows
          .map((row) => (row['links'] as Row[]).map((link) => link['adapter_id']))
          .filter((links) => links.length > 0),
      ).toEqual(expect.arrayContaining([['l1', 'l2'], ['l3']]));
    }
    await agrees('data');
  });

  it('tells of a file or a store that cannot be used, and of settings that do not hold', async () => {
    expect(await command('import', 'none.jsonl', 'data')).toMatchObject({
      code: 1,
      error: `error: ${at('none.jsonl')} does not exist, or its directory does not\n`,
    });
    expect(await command('export', 'out.jsonl', 'data')).toMatchObject({ code: 1 });
    expect(await readdir(directory)).toEqual([]);
    expect(await importLines([APPROVED], '--org', '')).toMatchObject({ code: 2 });
    expect(await importLines([APPROVED], '--refused', join(directory, '.', 'in.jsonl'))).toMatchObject({ code: 2 });
    expect(await rowsOf('in.jsonl')).toEqual([APPROVED]);
  });
});

describe('export and import', () => {
  it('give the same entries in another store', async () => {
    await within('data', async (store) => {
      const domain = await domainOf(store);
      for (const org of ['default', 'o:1%']) {
        const results = await domain.submitBatch(
          Array.from({ length: 30 }, (_, nth) => ({
            ...APPROVED,
            type: nth % 3 === 0 ? ('negative' as const) : ('positive' as const),
            comment: `Comment ${nth} \u2028 "quoted" 🦙\n`,
            userId: `u:${nth % 4}`,
            ...(nth % 2 === 0 && { adapterId: 'lora:a', adapterVersion: 'v1' }),
            ...(nth % 5 === 0 && { externalId: `e/${nth}` }),
          })),
          org,
        );
        const ids = results.flatMap((result) => ('feedback' in result ? result.feedback.id : []));
        await domain.link(ids[1]!, 'lora-b', org);
        await domain.link(ids[2]!, 'lora:a', org);
        await domain.markUsed(ids.slice(3, 6), 9, org);
      }
    });
    const before = await exported();
    expect(before).toHaveLength(60);
    expect(await command('import', 'data.jsonl', 'copy', '--keep-status')).toMatchObject({ code: 0, error: '' });
    /** Without what belongs to the store: who imported it, and when and how often it was changed there. */
    const content = (rows: readonly Row[]): Row[] =>
      rows.map(({ id: _id, version: _version, updated_at: _updated, submitted_by: _by, links, ...row }) => ({
        ...row,
        links: (links as Row[]).map(({ created_at: _at, created_by: _who, ...link }) => link),
      }));
    const byComment = (rows: Row[]): Row[] =>
      rows.sort((a, b) =>
        `${String(a['organization'])}${String(a['comment'])}` < `${String(b['organization'])}${String(b['comment'])}`
          ? -1
          : 1,
      );
    const after = await exported('copy');
    expect(byComment(content(after))).toEqual(byComment(content(before)));
    await agrees('copy');
    // What comes from here is known here.
    const again = await command('import', 'copy.jsonl', 'copy', '--keep-status');
    expect([again.code, counts(again.out)]).toEqual([0, { unchanged: 60 }]);
  });

  it('keeps ids and order of entries of the same moment', async () => {
    const lines = Array.from({ length: 20 }, (_, nth) => ({
      ...APPROVED,
      comment: `Comment ${nth}`,
      created_at: 1e12,
    }));
    await importLines(lines);
    const before = await exported();
    await command('import', 'data.jsonl', 'copy');
    expect((await exported('copy')).map((row) => row['id'])).toEqual(before.map((row) => row['id']));
  });
});
