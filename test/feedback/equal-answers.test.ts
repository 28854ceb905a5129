import { expect, it } from 'vitest';
import { reviseFeedback } from '../../src/feedback/revise.js';
import { submitFeedback } from '../../src/feedback/submit.js';
import { parseRows } from '../../src/maintenance/import-row.js';
import type { Submission } from '../../src/model/submission.js';
import { findExportable } from '../../src/training/export/export.js';
import { exportManifest } from '../../src/training/export/manifest.js';
import { createTrainingBatch } from '../../src/training/work.js';
import type { Verdict } from '../../src/validation/contract.js';
import { ACTOR } from '../support/graph.js';
import { openJudged } from '../support/judged.js';

/** As a plugin that replaces whatever is personal does. */
function redact({ candidates }: Submission): Promise<Verdict> {
  const redacted = candidates?.map((each) => ({ ...each, answer: each.answer.replace(/\S+@\S+/, '[EMAIL]') }));
  return Promise.resolve({
    status: 'approved',
    reasons: [],
    ...(redacted !== undefined && { changes: { candidates: redacted, answer: redacted[0]?.answer ?? '' } }),
  });
}

const GIVEN = {
  question: 'Whom should I write to?',
  candidates: [{ answer: 'Write to ann@example.com' }, { answer: 'Write to bob@example.com' }],
  preferred: 0,
} as const;

it('a preference whose answers a plugin made equal can be revised, withdrawn and brought back', async () => {
  const { services, read } = await openJudged(redact);
  const { feedback } = await submitFeedback(services, ACTOR, GIVEN);
  const { id } = feedback;
  expect(feedback.candidates).toEqual([{ answer: 'Write to [EMAIL]' }, { answer: 'Write to [EMAIL]' }]);
  await reviseFeedback(services, ACTOR, id, { preferred: 1, comment: 'On second thought.' });
  expect(await read(id)).toMatchObject({ preferred: 1, comment: 'On second thought.' });
  await reviseFeedback(services, ACTOR, id, { withdrawn: true });
  expect(await read(id)).toMatchObject({ validationStatus: 'rejected', withdrawn: 'uncounted' });
  await reviseFeedback(services, ACTOR, id, { withdrawn: false });
  expect(await read(id)).toMatchObject({ validationStatus: 'approved', version: 4 });
});

it('a preference whose answers a plugin made equal makes no row, and the manifest says why', async () => {
  const { services, store } = await openJudged(redact);
  await submitFeedback(services, ACTOR, GIVEN);
  const claim = { filter: {}, newestFirst: false, limit: 10, holdout: 0, leaseMinutes: 60 };
  await createTrainingBatch(services, ACTOR, claim);
  const { batch } = await findExportable(store, 'default', 1, services.now());
  const options = { number: 1, split: 'train', fileType: 'jsonl', similarity: 0.95, pairSameQuestion: true } as const;
  const { counts } = await exportManifest(store, 'default', batch, { ...options, format: 'trl-dpo' });
  expect(counts.rows).toBe(0);
  expect(counts.dropped).toMatchObject({ answers_are_equal: 1, blank_text: 0 });
});

it('an exported preference with equal answers is imported again, and a new one is not', () => {
  const parse = (row: object) =>
    parseRows(
      JSON.stringify({ question: 'Which?', candidates: [{ answer: 'A.' }, { answer: 'A.' }], preferred: 0, ...row }),
      { mapping: new Map(), constants: new Map(), adapters: new Map() },
      Date.now(),
    );
  const [row] = parse({ id: 'feedback-01890a5d-ac96-774b-bcce-b302099a8057' });
  expect(row?.submission).toMatchObject({ type: 'preference', answer: 'A.' });
  expect(() => parse({})).toThrow('must be another answer than that of candidates[0]');
});

it('a preference within the limit of an entry is within it once it is stored', async () => {
  const { services, read } = await openJudged(() => Promise.resolve({ status: 'approved', reasons: [] }));
  const answers = ['a', 'b', 'c'].map((letter) => letter.repeat(70_000));
  const turns = [{ role: 'user', content: 'q'.repeat(5_000) }] as const;
  const submissions = [
    { question: 'Which?', candidates: answers.map((answer) => ({ answer })), preferred: 2 },
    {
      candidates: answers.map((content) => ({ messages: [...turns, { role: 'assistant', content } as const] })),
      preferred: 1,
    },
  ];
  for (const submission of submissions) {
    const { feedback } = await submitFeedback(services, ACTOR, submission);
    await reviseFeedback(services, ACTOR, feedback.id, { preferred: 0, comment: 'On second thought.' });
    expect(await read(feedback.id)).toMatchObject({ preferred: 0, answer: answers[0] });
  }
});
