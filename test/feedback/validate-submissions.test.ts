import { expect, it } from 'vitest';
import { submitBatch } from '../../src/feedback/submit.js';
import type { Verdict } from '../../src/validation/contract.js';
import { ACTOR, openGraph, PRAISE } from '../support/graph.js';

it('validates a large batch in parts, so that plugins are not late for waiting for each other', async () => {
  const { services } = await openGraph();
  let running = 0;
  let most = 0;
  const validate = async ({ question }: { readonly question: string }): Promise<Verdict> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
    return { status: 'flagged', reasons: [question] };
  };
  const submissions = Array.from({ length: 450 }, (_, index) => ({ ...PRAISE, question: `Why ${index}?` }));
  const outcomes = await submitBatch({ ...services, validate }, ACTOR, submissions);
  const reasons = outcomes.map((outcome) => ('feedback' in outcome ? outcome.feedback.validationReasons : outcome));
  expect(reasons).toEqual(submissions.map(({ question }) => [question]));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(100);
});
