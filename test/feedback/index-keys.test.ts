import { expect, it } from 'vitest';
import { linkFeedback } from '../../src/feedback/link-feedback.js';
import { claimForReview } from '../../src/feedback/review/claims.js';
import { reviewFeedback } from '../../src/feedback/review.js';
import { submitFeedback } from '../../src/feedback/submit.js';
import type { Submission } from '../../src/model/submission.js';
import { keyPrefix, prefixRange } from '../../src/store/keys.js';
import type { Verdict } from '../../src/validation/contract.js';
import { ACTOR } from '../support/graph.js';
import { openMemoryStore } from '../support/memory-engine.js';

const AT = Date.UTC(2026, 2, 1);
/** Made on 2026-02-28. */
const UUID = '019ca6b0-0000-7000-8000-';
const PENDING = `feedback-${UUID}000000000001`;
const FLAGGED = `feedback-${UUID}000000000002`;
const CLAIMED = `feedback-${UUID}000000000003`;
const REVIEWED = `feedback-${UUID}000000000004`;

const SUBMISSION: Submission = {
  type: 'negative',
  question: 'How do I enable sharding?',
  answer: 'Use the SHARD BY clause.',
  userId: 'u:1',
  interactionId: 'i:1%',
  modelVersion: 'm:1',
  adapterId: 'lora:a',
  adapterVersion: 'v:1',
};

/** Every key that an index or a counter has, with the number that a counter stands at. */
async function indexKeys(): Promise<string[]> {
  const store = await openMemoryStore();
  const verdicts: Record<string, Verdict> = {
    [PENDING]: { status: 'approved', reasons: [], unfinished: true, fingerprint: { value: 'print', window: 1_000 } },
    [FLAGGED]: { status: 'flagged', reasons: ['It is odd'] },
    [REVIEWED]: { status: 'flagged', reasons: ['It is odd'] },
    [CLAIMED]: { status: 'flagged', reasons: ['It is odd'] },
  };
  const services = { store, keyedHash: (org: string, text: string) => `hash-of-${org}-${text}`, now: () => AT };
  const submit = async (id: string, submission: Submission): Promise<void> => {
    const validate = (): Promise<Verdict> => Promise.resolve(verdicts[id] ?? { status: 'approved', reasons: [] });
    await submitFeedback({ ...services, validate, newId: () => ({ id, createdAt: AT }) }, ACTOR, submission);
  };
  const { type, question, answer } = SUBMISSION;
  await submit(CLAIMED, { type, question, answer });
  await claimForReview(services, ACTOR, { count: 1, minutes: 5 });
  await submit(REVIEWED, { type, question, answer });
  await reviewFeedback(services, ACTOR, REVIEWED, { verdict: 'reject' });
  await submit(FLAGGED, { type, question, answer, userId: ACTOR.sub });
  await submit(PENDING, SUBMISSION);
  await linkFeedback(services, ACTOR, { feedbackId: PENDING, adapterId: 'lora-b' });
  const { org } = ACTOR;
  return store.read(async (reader) => {
    const [indexes, edges, counters] = await Promise.all(
      [keyPrefix('index', org), keyPrefix('edge', org, 'FEEDBACK_FOR', 'in'), keyPrefix('count', org)].map((prefix) =>
        reader.scanKeys({ ...prefixRange(prefix), limit: Infinity }),
      ),
    );
    const counts = await reader.counters(counters ?? []);
    return [...(indexes ?? []), ...(edges ?? []), ...(counters ?? []).map((key, index) => `${key} = ${counts[index]}`)];
  });
}

it('an entry has these keys in the indexes, in every version of the server', async () => {
  expect(await indexKeys()).toMatchInlineSnapshot(`
    [
      "index:default:all:m:feedback-019ca6b0-0000-7000-8000-000000000001",
      "index:default:all:s:feedback-019ca6b0-0000-7000-8000-000000000004",
      "index:default:all:v:feedback-019ca6b0-0000-7000-8000-000000000002",
      "index:default:all:v:feedback-019ca6b0-0000-7000-8000-000000000003",
      "index:default:av=lora%3Aa:v%3A1:m:feedback-019ca6b0-0000-7000-8000-000000000001",
      "index:default:du=001772323200000:m:feedback-019ca6b0-0000-7000-8000-000000000001",
      "index:default:f=print:m:feedback-019ca6b0-0000-7000-8000-000000000001",
      "index:default:i=i%3A1%25:m:feedback-019ca6b0-0000-7000-8000-000000000001",
      "index:default:ls=lora%3Aa:-:e7276235a9d241e491f2f10d022f4818",
      "index:default:ls=lora-b:-:e7276235a9d241e491f2f10d022f4818",
      "index:default:m=m%3A1:m:feedback-019ca6b0-0000-7000-8000-000000000001",
      "index:default:ma=m%3A1:lora%3Aa:m:feedback-019ca6b0-0000-7000-8000-000000000001",
      "index:default:ma=m%3A1:lora-b:m:feedback-019ca6b0-0000-7000-8000-000000000001",
      "index:default:o=hash-of-default-ann:v:feedback-019ca6b0-0000-7000-8000-000000000002",
      "index:default:rd=hash-of-default-ann:20260301:s:feedback-019ca6b0-0000-7000-8000-000000000004",
      "index:default:rl=001772323500000:v:feedback-019ca6b0-0000-7000-8000-000000000003",
      "index:default:rr=hash-of-default-ann:v:feedback-019ca6b0-0000-7000-8000-000000000003",
      "index:default:rv:v:feedback-019ca6b0-0000-7000-8000-000000000002",
      "index:default:s=e7276235a9d241e491f2f10d022f4818:m:feedback-019ca6b0-0000-7000-8000-000000000001",
      "index:default:u=hash-of-default-ann:v:feedback-019ca6b0-0000-7000-8000-000000000002",
      "index:default:u=hash-of-default-u%3A1:m:feedback-019ca6b0-0000-7000-8000-000000000001",
      "edge:default:FEEDBACK_FOR:in:lora%3Aa:m:feedback-019ca6b0-0000-7000-8000-000000000001",
      "edge:default:FEEDBACK_FOR:in:lora-b:m:feedback-019ca6b0-0000-7000-8000-000000000001",
      "count:default:a=lora%3Aa:m = 1",
      "count:default:a=lora-b:m = 1",
      "count:default:ad=lora%3Aa:20260228:m = 1",
      "count:default:ad=lora-b:20260228:m = 1",
      "count:default:adapters:- = 2",
      "count:default:all:m = 1",
      "count:default:all:s = 1",
      "count:default:all:v = 2",
      "count:default:av=lora%3Aa:v%3A1:m = 1",
      "count:default:d=20260228:m = 1",
      "count:default:d=20260228:s = 1",
      "count:default:d=20260228:v = 2",
      "count:default:du=001772323200000:m = 1",
      "count:default:f=print:m = 1",
      "count:default:i=i%3A1%25:m = 1",
      "count:default:ls=lora%3Aa:- = 1",
      "count:default:ls=lora-b:- = 1",
      "count:default:m=m%3A1:m = 1",
      "count:default:ma=m%3A1:lora%3Aa:m = 1",
      "count:default:ma=m%3A1:lora-b:m = 1",
      "count:default:o=hash-of-default-ann:v = 1",
      "count:default:rd=hash-of-default-ann:20260301:s = 1",
      "count:default:rl=001772323500000:v = 1",
      "count:default:rr=hash-of-default-ann:v = 1",
      "count:default:rv:v = 1",
      "count:default:s=e7276235a9d241e491f2f10d022f4818:m = 1",
      "count:default:u=hash-of-default-ann:v = 1",
      "count:default:u=hash-of-default-u%3A1:m = 1",
    ]
  `);
});
