/** Files as other systems write them, imported as a whole; the inputs are in test/fixtures/import. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/run.js';
import { APPROVED } from '../../support/feedback.js';

type Row = Record<string, unknown>;

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/import/${name}`, import.meta.url));

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-import-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function command(argv: readonly string[], input?: string) {
  let out = '';
  let error = '';
  const code = await run([...argv, '--store', `rocksdb:${join(directory, 'data')}`], {
    environment: {},
    out: (text) => void (out += text),
    error: (text) => void (error += text),
    input: input === undefined ? undefined : inPieces(input),
  });
  return { code, out, error };
}

async function* inPieces(text: string): AsyncGenerator<Uint8Array, void> {
  yield await Promise.resolve(Buffer.from(text));
}

/** Imports a file; what is refused is listed below the test's directory. */
const importFile = (path: string, ...options: string[]) =>
  command(['import', path, '--refused', join(directory, 'refused.jsonl'), ...options]);

async function importRows(rows: readonly Row[], ...options: string[]) {
  await writeFile(join(directory, 'in.json'), JSON.stringify(rows));
  return importFile(join(directory, 'in.json'), ...options);
}

async function exported(): Promise<Row[]> {
  const file = join(directory, 'out.jsonl');
  expect(await command(['export', file, '--force'])).toMatchObject({ code: 0, error: '' });
  return (await readFile(file, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
}

async function refused(): Promise<string[]> {
  const text = await readFile(join(directory, 'refused.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => String((JSON.parse(line) as Row)['reason']));
}

describe('times', () => {
  it('in seconds are what they mean', async () => {
    expect(await importFile(fixture('unix-seconds.jsonl'))).toMatchObject({ code: 0 });
    expect(await exported()).toMatchObject([{ created_at: Date.UTC(2023, 10, 14, 22, 13, 20) }]);
    // The same row with its time in another form is the same row.
    const row = { id: 'a1', type: 1, question: 'How do I rename a chat?', answer: 'Open the menu beside it.' };
    await importRows([{ ...row, created_at: '2023-11-14T22:13:20.5Z' }]);
    expect(await exported()).toHaveLength(1);
  });

  it('that do not exist are refused', async () => {
    expect(await importFile(fixture('feb30.jsonl'))).toMatchObject({ code: 1 });
    expect(await refused()).toEqual([expect.stringContaining("'created_at' must be a time from the year 2000 on")]);
  });
});

describe('scores', () => {
  it('need a condition or rules of the organization to be a verdict', async () => {
    const { type: _type, ...unjudged } = APPROVED;
    const rows = [{ ...unjudged, scores: { rating: 5 } }];
    expect(await importRows(rows)).toMatchObject({ code: 1 });
    expect(await refused()).toEqual(["Missing 'type' field (positive or negative)"]);
    expect(await importRows(rows, '--positive-when', 'rating>=4')).toMatchObject({ code: 0 });
    expect(
      await importRows([{ stars: '1', ...unjudged }], '--map', 'stars=scores.rating', '--negative-when', 'rating<=2'),
    ).toMatchObject({ code: 0 });
    expect((await exported()).map(({ type, scores }) => [type, scores]).sort()).toEqual([
      ['negative', { rating: 1 }],
      ['positive', { rating: 5 }],
    ]);
  });
});

describe('conversations of Open WebUI', () => {
  it('are stored with everything that was said of them', async () => {
    expect(await importFile(fixture('open-webui.json'))).toMatchObject({ code: 0, error: '' });
    expect(await exported()).toMatchObject([
      {
        type: 'positive',
        question: 'And in Rust?',
        answer: 'Call slice.binary_search(&x), it returns a Result.',
        messages: [
          { role: 'system', content: 'Answer briefly.' },
          { role: 'user' },
          { role: 'assistant' },
          { role: 'user' },
          { role: 'assistant' },
        ],
        reason: 'thorough_explanation',
        tags: ['coding'],
        scores: { rating: 9 },
        conversation_id: 'chat-1',
        model_version: 'llama3.2:latest',
        external_id: 'open-webui:fb123456-7890',
        created_at: 1_700_000_000_000,
      },
    ]);
    expect((await importFile(fixture('open-webui.json'))).out).toContain('unchanged  1  row 1');
  });

  it('are pairs where transcripts differ, as in HH-RLHF', async () => {
    expect(await importFile(fixture('hh-rlhf.jsonl'))).toMatchObject({ code: 0 });
    expect(await exported()).toMatchObject([
      { type: 'negative', answer: 'A.', correction: 'I have not even thought about it.', messages: [{}, {}, {}, {}] },
    ]);
  });

  it('name the adapter behind their model', async () => {
    await importFile(fixture('open-webui.json'), '--map-model', 'llama3.2:latest=support-lora');
    expect(await exported()).toMatchObject([{ adapter_id: 'support-lora', links: [{ adapter_id: 'support-lora' }] }]);
  });
});

describe('stars', () => {
  const mapped = ['--map', 'prompt=question,response=answer'];

  it('are refused as verdicts, all of them', async () => {
    const { code, out, error } = await importFile(
      fixture('stars.jsonl'),
      '--map',
      'rating=type,prompt=question,response=answer',
    );
    expect([code, out]).toEqual([1, '']);
    expect(error).toContain("'rating' is a scale (values: 1, 2), not a verdict");
    expect(error).toContain("--positive-when 'rating>=4' --negative-when 'rating<=2'");
    expect(await readdir(directory)).toEqual([]);
  });

  it('are verdicts by rules, and what lies between is refused', async () => {
    const rules = ['--positive-when', 'rating>=4', '--negative-when', 'rating<=2'];
    expect(await importFile(fixture('stars.jsonl'), ...mapped, ...rules)).toMatchObject({ code: 1 });
    expect(await refused()).toEqual(["'rating' is 3: neither --positive-when nor --negative-when holds"]);
    const types = (await exported()).map(({ type, answer }) => [String(answer).at(-2), type]).sort();
    expect(types).toEqual([
      ['1', 'negative'],
      ['2', 'negative'],
      ['4', 'positive'],
      ['5', 'positive'],
    ]);
  });

  it('that come through a pipe stop the import where they are seen', async () => {
    const text = await readFile(fixture('stars.jsonl'), 'utf8');
    const { code, error } = await command(
      ['import', '-', '--map', 'rating=type,prompt=question,response=answer'],
      text,
    );
    expect(code).toBe(1);
    expect(error).toContain("'rating' is a scale");
    expect(await exported()).toEqual([]);
  });
});

describe('what all rows have', () => {
  it('is said once: a better and a worse answer are a negative entry with a correction', async () => {
    const map = ['--map', 'prompt=question,chosen=correction,rejected=answer'];
    expect(await importFile(fixture('preference.jsonl'), ...map)).toMatchObject({ code: 1 });
    expect(
      await importFile(fixture('preference.jsonl'), ...map, '--set', 'type=negative', '--set', 'model_version=a=b'),
    ).toMatchObject({
      code: 0,
    });
    expect(await exported()).toMatchObject([
      {
        type: 'negative',
        question: 'Name a prime above 90.',
        answer: '91 is a prime above 90.',
        correction: '97 is a prime above 90.',
        model_version: 'a=b',
      },
    ]);
  });

  it.each([
    [['--set', 'type'], 'It must be like type=negative'],
    [['--set', 'colour=red'], 'It must be like type=negative'],
    [['--positive-when', 'rating'], "It must be like 'rating>=4'"],
    [['--set', 'type=positive', '--positive-when', 'a>1'], 'leaves nothing for --positive-when'],
    [['--map-model', 'llama'], 'It must be a list of pairs like llama3:latest=support-lora'],
    [['--from', 'excel'], 'Allowed choices are'],
  ])('is refused as a usage error where it makes no sense: %j', async (options, problem) => {
    const { code, error } = await importFile(fixture('preference.jsonl'), ...options);
    expect(code).toBe(2);
    expect(error).toContain(problem);
  });
});

describe('bytes', () => {
  it('with a byte order mark and CRLF are read, and a lone surrogate is refused', async () => {
    expect(await importFile(fixture('bom-crlf.jsonl'))).toMatchObject({ code: 0 });
    expect(await importFile(fixture('surrogate.jsonl'))).toMatchObject({ code: 1 });
    expect(await refused()).toEqual(["'question' must be well-formed Unicode, without lone surrogates"]);
  });

  it('of a damaged file are imported up to the damage', async () => {
    const rows = Array.from({ length: 2_000 }, (_, id) =>
      JSON.stringify({ ...APPROVED, id, answer: `Answer ${id} of many.` }),
    );
    const file = join(directory, 'rows.jsonl.gz');
    const packed = gzipSync(rows.join('\n'));
    await writeFile(file, packed.subarray(0, packed.length / 2));
    const { code, out, error } = await importFile(file);
    expect(code).toBe(1);
    expect(error).toBe(`error: ${file} is not whole: its gzip stream is cut short or damaged\n`);
    expect(out).toMatch(/^Imported [\d,]+ entries\n/);
    expect((await exported()).length).toBeGreaterThan(100);
  });

  it('come from standard input, too, and what is refused is told', async () => {
    const text = `${JSON.stringify(APPROVED)}\n{"type":"up"}\n`;
    const { code, out, error } = await command(['import', '-', '--refused', join(directory, 'refused.jsonl')], text);
    expect([code, error]).toEqual([1, `error: 1 row was refused: see ${join(directory, 'refused.jsonl')}\n`]);
    expect(out).toBe('Imported 1 entry\n  approved  1  line 1\n  refused   1  line 2\n');
  });
});

describe('a summary', () => {
  const rows = [
    APPROVED,
    { ...APPROVED, type: 'negative' },
    { ...APPROVED, answer: 'Buy now!' },
    { ...APPROVED, external_id: 'e' },
    { ...APPROVED, external_id: 'e' },
    {},
  ];

  it('says what became of which row', async () => {
    const { code, out } = await importRows(rows);
    expect(code).toBe(1);
    expect(out.split('\n')[0]).toBe('Imported 4 entries');
    expect(out).toMatch(/ {2}rejected +1 {2}row 3\n/);
    expect(out).toMatch(/ {2}unchanged +1 {2}row 5\n/);
    expect(out).toMatch(/ {2}refused +1 {2}row 6\n/);
    expect(await refused()).toHaveLength(1);
    const again = await importRows(rows, '--json');
    expect(JSON.parse(again.out)).toMatchObject({
      approved: { count: 0 },
      unchanged: { count: 5, stretches: [[1, 5]], elsewhere: 0 },
      refused: { count: 1, stretches: [[6, 6]] },
    });
  });

  it('of a dry run says what would become of them, and nothing is written', async () => {
    const { code, out, error } = await importRows(rows, '--dry-run');
    expect(code).toBe(1);
    expect(out).toMatch(/^Nothing was stored\. An import would store 5 entries\n/);
    expect(error.split('\n')).toEqual([
      expect.stringMatching(/^row 6: Missing 'type' field/),
      'error: 1 row was refused',
      '',
    ]);
    expect(await readdir(directory)).toEqual(['in.json']);
  });
});

describe('preferences', () => {
  const preference = {
    question: 'Name a prime above 90.',
    candidates: [
      { answer: '91 is a prime above 90.', model_version: 'old' },
      { answer: '97 is a prime above 90.', model_version: 'new' },
    ],
    preferred: 1,
  };

  it('are one entry, also where tables have them in texts, and are the same entry again', async () => {
    const rows = [{ ...preference, candidates: JSON.stringify(preference.candidates), preferred: '1' }];
    expect(await importRows(rows, '--map-model', 'new=new_lora')).toMatchObject({ code: 0 });
    const [entry, ...others] = await exported();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      type: 'preference',
      answer: '97 is a prime above 90.',
      candidates: [preference.candidates[0], { ...preference.candidates[1], adapter_id: 'new_lora' }],
      preferred: 1,
    });
    expect(await importRows([entry!])).toMatchObject({ code: 0 });
    expect(await exported()).toEqual([entry]);
  });

  it('are refused where they do not fit together, and the field is named', async () => {
    expect(await importRows([{ ...preference, preferred: 2 }])).toMatchObject({ code: 1 });
    expect(await refused()).toEqual([expect.stringContaining("'preferred' must be an integer from 0 to 1")]);
  });
});
