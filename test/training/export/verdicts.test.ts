import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eraseFeedback } from '../../../src/feedback/erase.js';
import type { Submission } from '../../../src/model/submission.js';
import { countDrops } from '../../../src/training/export/drop-reasons.js';
import { exportText, isVisible } from '../../../src/training/export/export-text.js';
import { exportPieces, type ExportRequest, findExportable } from '../../../src/training/export/export.js';
import { EXPORT_FORMATS, type ExportFormat } from '../../../src/training/export/formats.js';
import { exportManifest } from '../../../src/training/export/manifest.js';
import { createTrainingBatch } from '../../../src/training/work.js';
import { ACTOR, openGraph } from '../../support/graph.js';

const Q = 'Does the proxy support HTTP/3?';
const GOOD = { type: 'positive', question: Q, answer: 'Yes, since version 2.4.' } as const;
const BAD = { ...GOOD, type: 'negative' } as const;

async function claimed(...submissions: readonly Partial<Submission>[]) {
  // Where second thoughts are versions of an entry, fewer votes contradict one another.
  const graph = await openGraph(undefined, undefined, { keepsVotes: true });
  const ids = await graph.submit(...submissions);
  const claim = { filter: {}, newestFirst: false, limit: 100_000, holdout: 0, leaseMinutes: 60 };
  await createTrainingBatch(graph.services, ACTOR, claim);
  const request = (format: ExportFormat, more: Partial<ExportRequest>): ExportRequest => ({
    ...{ number: 1, format, split: 'train', fileType: 'jsonl', similarity: 0.95, pairSameQuestion: true },
    ...more,
  });
  const rows = async (format: ExportFormat, more: Partial<ExportRequest> = {}) => {
    const { batch } = await findExportable(graph.store, 'default', 1, Date.now());
    const pieces: Buffer[] = [];
    for await (const { bytes } of exportPieces(graph.store, 'default', batch, request(format, more)))
      pieces.push(bytes);
    const lines = Buffer.concat(pieces).toString().split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const manifest = async (format: ExportFormat, more: Partial<ExportRequest> = {}) => {
    const { batch } = await findExportable(graph.store, 'default', 1, Date.now());
    return exportManifest(graph.store, 'default', batch, request(format, more));
  };
  /** What was left out, and why. */
  const dropped = async (format: ExportFormat) => {
    const all = Object.entries((await manifest(format)).counts.dropped);
    return Object.fromEntries(all.filter(([, count]) => count > 0));
  };
  return { graph, ids, rows, manifest, dropped };
}

describe('of one user', () => {
  it('the last word on an interaction counts', async () => {
    const vote = { userId: 'u9', interactionId: 'msg-9' };
    const { rows, dropped } = await claimed({ ...GOOD, ...vote }, { ...BAD, ...vote }, { ...GOOD, ...vote });
    expect(await rows('trl-kto-text')).toEqual([{ prompt: Q, completion: GOOD.answer, label: true }]);
    expect(await rows('trl-sft-text')).toEqual([{ prompt: Q, completion: GOOD.answer }]);
    expect(await dropped('trl-kto')).toEqual({ superseded: 2 });
    expect(await rows('raw')).toHaveLength(3);
  });

  it('the last word on an answer counts, in however many interactions it was given', async () => {
    const { rows, dropped } = await claimed(
      { ...GOOD, userId: 'loud', interactionId: '1' },
      { ...GOOD, userId: 'loud', interactionId: '2' },
      { ...BAD, userId: 'ann' },
      { ...BAD, userId: 'bob' },
    );
    expect(await rows('trl-kto-text')).toEqual([{ prompt: Q, completion: GOOD.answer, label: false }]);
    expect(await dropped('trl-kto')).toEqual({ superseded: 1, outvoted: 1 });
  });

  it('it is the submitter who speaks on an interaction without a user; others are each somebody', async () => {
    const { dropped } = await claimed({ ...BAD, interactionId: '1' }, { ...GOOD, interactionId: '1' }, GOOD, GOOD, BAD);
    expect(await dropped('trl-kto')).toEqual({ superseded: 1, outvoted: 1 });
  });
});

describe('between users', () => {
  it('the majority decides on the same answer to the same question, and ties are left out', async () => {
    const votes = (positive: number, negative: number) => [
      ...Array.from({ length: positive }, (_, index) => ({ ...GOOD, userId: `fan-${index}` })),
      ...Array.from({ length: negative }, (_, index) => ({ ...BAD, userId: `critic-${index}` })),
    ];
    const against = await claimed(...votes(1, 9));
    expect(await against.rows('trl-sft')).toEqual([]);
    expect(await against.rows('trl-kto-text')).toEqual([{ prompt: Q, completion: GOOD.answer, label: false }]);
    expect(await against.dropped('trl-sft')).toEqual({ outvoted: 1, negative_without_correction: 9 });
    const tied = await claimed(...votes(2, 2));
    for (const format of ['trl-sft', 'trl-dpo', 'trl-kto'] as const) {
      expect(await tied.rows(format)).toEqual([]);
      expect(await tied.dropped(format)).toEqual({ tied: 4 });
    }
  });

  it('a correction is a vote for its text', async () => {
    const other = 'Only behind a flag.';
    const { rows, dropped } = await claimed(
      { ...BAD, correction: other },
      { ...BAD, answer: other, correction: BAD.answer },
      { ...BAD, userId: 'ann' },
    );
    // Two say the first answer is bad, and one says what replaces it; one says the other way round.
    expect(await rows('trl-dpo')).toEqual([]);
    expect(await dropped('trl-dpo')).toEqual({ tied: 2, negative_without_correction: 1 });
  });

  it('case and white space count where a correction is one of the texts', async () => {
    const { rows } = await claimed(
      { ...BAD, answer: 'set PORT = 4000', correction: 'set port = 4000' },
      { ...GOOD, answer: 'set port = 4000' },
      { ...BAD, question: 'How is it indented?', answer: 'if a:\nb', correction: 'if a:\n  b' },
    );
    expect(await rows('trl-dpo-text')).toEqual([
      { prompt: Q, chosen: 'set port = 4000', rejected: 'set PORT = 4000' },
      { prompt: 'How is it indented?', chosen: 'if a:\n  b', rejected: 'if a:\nb' },
    ]);
    expect(await rows('trl-sft-text')).toEqual([
      { prompt: Q, completion: 'set port = 4000' },
      { prompt: 'How is it indented?', completion: 'if a:\n  b' },
    ]);
  });
});

describe('a preference pair', () => {
  it('is never a correction that equals the answer, which is nothing else either', async () => {
    const { rows, dropped } = await claimed(
      { type: 'negative', question: 'What is the default port?', answer: 'It is 4000.', correction: ' It is 4000.\n' },
      { ...BAD, answer: 'Caf\u00e9.', correction: 'Cafe\u0301.' },
    );
    for (const format of ['trl-sft', 'trl-dpo', 'trl-kto'] as const) {
      expect(await rows(format)).toEqual([]);
      expect(await dropped(format)).toEqual({ correction_equals_answer: 2 });
    }
  });

  it('is a good and a bad answer to the same question, each in one at most, unless that is turned off', async () => {
    const { graph, ids, rows, manifest } = await claimed(
      { type: 'positive', question: 'Name a prime above 90.', answer: '97 is a prime above 90.' },
      { type: 'negative', question: 'Name a prime above  90', answer: '91 is a prime above 90.' },
      { type: 'negative', question: 'Name a prime above 90.', answer: '93 is a prime above 90.' },
      { ...BAD, answer: 'No.' },
      { ...GOOD },
    );
    const pairs = [
      { prompt: 'Name a prime above 90.', chosen: '97 is a prime above 90.', rejected: '91 is a prime above 90.' },
      { prompt: Q, chosen: GOOD.answer, rejected: 'No.' },
    ];
    expect(await rows('trl-dpo-text')).toEqual(pairs);
    const { counts, feedback, pair_same_question: isOn } = await manifest('trl-dpo-text');
    expect([isOn, counts]).toMatchObject([
      true,
      { entries: 5, rows: 2, paired: 2, dropped: { ...countDrops(), negative_without_correction: 1 } },
    ]);
    const version = 2;
    expect(feedback).toEqual([
      { id: ids[1], version, paired_with: { id: ids[0], version } },
      { id: ids[4], version, paired_with: { id: ids[3], version } },
    ]);
    expect(await rows('trl-dpo-text', { pairSameQuestion: false })).toEqual([]);
    expect((await manifest('trl-dpo', { pairSameQuestion: false })).counts).toMatchObject({
      rows: 0,
      paired: 0,
      dropped: { positive_has_no_rejected_answer: 2, negative_without_correction: 3 },
    });
    await eraseFeedback(graph.services, ACTOR, ids[0]!);
    expect(await rows('trl-dpo-text')).toEqual(pairs.slice(1));
  });
});

describe('texts', () => {
  it('are trimmed of what any trainer takes for white space', async () => {
    const { rows } = await claimed({
      ...BAD,
      question: ` \u0085${Q}\u001f`,
      answer: '\n No. ',
      correction: '\tYes.\u00a0\n',
    });
    expect(await rows('trl-dpo-text')).toEqual([{ prompt: Q, chosen: 'Yes.', rejected: 'No.' }]);
    expect(exportText(`${' '.repeat(200_000)}x${' '.repeat(200_000)}y `)).toBe(`x${' '.repeat(200_000)}y`);
    expect(exportText(' \u001c\n')).toBe('');
  });

  it('without a visible character are left out', async () => {
    const { rows, dropped } = await claimed(
      { ...GOOD, answer: '\u200b\u200d\u2060\u00ad\ufeff' },
      { ...BAD, question: 'Is it so?', correction: '\u200b\u200b\u200b' },
    );
    expect(await rows('trl-sft')).toEqual([]);
    expect(await dropped('trl-sft')).toEqual({ blank_text: 1, negative_without_correction: 1 });
    expect(await rows('trl-kto')).toHaveLength(1);
    expect(['\u3164', '\u2800 ', '\u0000'].map(isVisible)).toEqual([false, false, false]);
    expect(['👍', '。', '한', '-', '\u0301'].map(isVisible)).toEqual([true, true, true, true, true]);
  });
});

it('no export contradicts itself, and its manifest accounts for every entry', async () => {
  const word = fc.constantFrom('yes', 'Yes', 'no', 'No', ' no', 'maybe', '\u200b');
  const vote = fc.record(
    {
      type: fc.constantFrom('positive' as const, 'negative' as const),
      question: fc.constantFrom('Is it?', 'is  it', 'Why?'),
      answer: word,
      correction: word,
      userId: fc.constantFrom('ann', 'bob', 'cy'),
      interactionId: fc.constantFrom('1', '2', '3', '4'),
    },
    { requiredKeys: ['type', 'question', 'answer'] },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(vote, { minLength: 1, maxLength: 12 }), async (votes) => {
      const { rows, manifest } = await claimed(...votes);
      for (const format of EXPORT_FORMATS) {
        const { counts, feedback } = await manifest(format);
        const left = Object.values(counts.dropped).reduce((sum, count) => sum + count, 0);
        const duplicates = counts.exact_duplicates + counts.near_duplicates;
        expect(counts.rows + counts.paired + counts.erased + duplicates + left).toBe(votes.length);
        expect(feedback).toHaveLength(counts.rows);
      }
      for (const { chosen, rejected } of await rows('trl-dpo-text')) expect(chosen).not.toBe(rejected);
      const labels = new Map<string, unknown>();
      for (const { prompt, completion, label } of await rows('trl-kto-text')) {
        const key = JSON.stringify([prompt, completion]);
        expect(labels.get(key) ?? label).toBe(label);
        labels.set(key, label);
      }
    }),
    { numRuns: 60 },
  );
});

it('docs/training.md trains on what is left of nonsense', async () => {
  const { rows } = await claimed(
    { type: 'negative', question: 'What is the default port?', answer: 'It is 4000.', correction: 'It is 4000.' },
    { ...BAD, correction: 'Yes, since version 2.5.' },
    { ...GOOD, question: 'Is it?' },
    { ...BAD, question: 'Is it?' },
  );
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-nonsense-'));
  try {
    const page = await readFile('docs/training.md', 'utf8');
    const program = /```js file=train\.mjs\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const lines = (await rows('trl-dpo')).map((row) => `${JSON.stringify(row)}\n`);
    await writeFile(join(directory, 'train.mjs'), program);
    await writeFile(join(directory, 'train.jsonl'), lines.join(''));
    const { stdout } = await promisify(execFile)(process.execPath, ['train.mjs'], { cwd: directory });
    expect(stdout).toBe('1\n');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

describe('of preferences', () => {
  const preference = (preferred: number | 'tie', more: Partial<Submission> = {}): Submission => ({
    type: 'preference',
    question: Q,
    answer: preferred === 'tie' ? 'Yes.' : (['Yes.', 'No.', 'Perhaps.'][preferred] ?? ''),
    candidates: [{ answer: 'Yes.' }, { answer: 'No.' }, { answer: 'Perhaps.' }],
    preferred,
    ...more,
  });

  it('the best answer is better than each of the others, and nothing else is taught', async () => {
    const { ids, rows, manifest, dropped } = await claimed(preference(1));
    expect(await rows('trl-dpo-text')).toEqual([
      { prompt: Q, chosen: 'No.', rejected: 'Yes.' },
      { prompt: Q, chosen: 'No.', rejected: 'Perhaps.' },
    ]);
    const { counts, feedback } = await manifest('trl-dpo');
    expect([counts.entries, counts.rows]).toEqual([1, 2]);
    expect(feedback.map(({ id }) => id)).toEqual([ids[0], ids[0]]);
    for (const format of ['trl-sft', 'trl-kto'] as const) {
      expect(await rows(format)).toEqual([]);
      expect(await dropped(format)).toEqual({ preference_is_no_verdict: 1 });
    }
    expect(await rows('raw')).toMatchObject([{ type: 'preference', preferred: 1 }]);
  });

  it('every preference format takes them, as JSON Lines and as Parquet', async () => {
    const { rows, graph } = await claimed(preference(0));
    for (const format of EXPORT_FORMATS.filter((each) => /-(dpo|orpo)/.test(each))) {
      expect(await rows(format)).toHaveLength(2);
      const { batch } = await findExportable(graph.store, 'default', 1, Date.now());
      const options = { number: 1, split: 'train', similarity: 0.95, pairSameQuestion: true } as const;
      const { counts } = await exportManifest(graph.store, 'default', batch, {
        ...options,
        format,
        fileType: 'parquet',
      });
      expect(counts.rows).toBe(2);
    }
  });

  it('a tie teaches nothing, and is counted', async () => {
    const { rows, dropped } = await claimed(preference('tie'));
    expect(await rows('trl-dpo')).toEqual([]);
    expect(await dropped('trl-dpo')).toEqual({ preference_tied: 1 });
  });

  it('the majority decides on each two answers, whatever else was shown beside', async () => {
    const two = (preferred: number): Submission =>
      preference(preferred, {
        answer: ['No.', 'Yes.'][preferred] ?? '',
        candidates: [{ answer: 'No.' }, { answer: 'Yes.' }],
      });
    const { rows, dropped } = await claimed(preference(0), two(0), two(0));
    // Two say that no is better than yes, and nobody contradicts that yes is better than perhaps.
    expect(await rows('trl-dpo-text')).toEqual([
      { prompt: Q, chosen: 'Yes.', rejected: 'Perhaps.' },
      { prompt: Q, chosen: 'No.', rejected: 'Yes.' },
    ]);
    expect(await dropped('trl-dpo')).toEqual({});
    const tied = await claimed(two(0), two(1));
    expect(await tied.rows('trl-dpo')).toEqual([]);
    expect(await tied.dropped('trl-dpo')).toEqual({ tied: 2 });
  });

  it('the last word of a user counts, and a verdict on one answer is no word on several', async () => {
    const vote = { userId: 'ann', interactionId: 'i' };
    const { rows, dropped } = await claimed(preference(0, vote), preference(2, vote), {
      ...GOOD,
      ...vote,
      answer: 'Yes.',
    });
    expect((await rows('trl-dpo-text')).map(({ chosen }) => chosen)).toEqual(['Perhaps.', 'Perhaps.']);
    expect(await dropped('trl-dpo')).toEqual({ superseded: 1, positive_has_no_rejected_answer: 1 });
    expect(await rows('trl-sft-text')).toEqual([{ prompt: Q, completion: 'Yes.' }]);
  });

  it('the turns before the answer stay', async () => {
    const turns = [
      { role: 'user', content: 'Do you know proxies?' },
      { role: 'assistant', content: 'I do.' },
      { role: 'user', content: Q },
    ] as const;
    const messages = [...turns, { role: 'assistant', content: 'No.' } as const];
    const { rows } = await claimed(preference(1, { messages }));
    expect((await rows('trl-dpo')).map(({ prompt }) => prompt)).toEqual([turns, turns]);
  });
});
