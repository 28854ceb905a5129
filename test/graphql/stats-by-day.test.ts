import { expect, it } from 'vitest';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { reviewFeedback } from '../../src/feedback/review.js';
import { feedbackIdTime } from '../../src/model/ids.js';
import { ACTOR, openGraph } from '../support/graph.js';

const DAY = 86_400_000;
const QUERY = `query ($since: DateTime!, $until: DateTime!) {
  feedbackStatsByDay(since: $since, until: $until) { day totalFeedback positiveCount negativeCount approvedCount rejectedCount }
}`;

it('feedbackStatsByDay counts the entries of each day as they are now, without those that were erased', async () => {
  const graph = await openGraph();
  const [, rejected, erased] = await graph.submit({}, { type: 'negative' }, {});
  await reviewFeedback(graph.services, ACTOR, rejected!, { verdict: 'reject' });
  await eraseFeedback(graph.services, ACTOR, erased!);
  const time = feedbackIdTime(rejected!);
  const { feedbackStatsByDay: days } = await graph.query<{ feedbackStatsByDay: Record<string, unknown>[] }>(QUERY, {
    since: new Date(time - DAY).toISOString(),
    until: new Date(time).toISOString(),
  });
  expect(days.map(({ day }) => day)).toEqual(
    [time - DAY, time].map((each) => new Date(each).toISOString().slice(0, 10)),
  );
  expect(days[0]).toMatchObject({ totalFeedback: 0 });
  expect(days[1]).toMatchObject({
    totalFeedback: 2,
    positiveCount: 1,
    negativeCount: 1,
    approvedCount: 1,
    rejectedCount: 1,
  });
});

it('feedbackStatsByDay refuses more than 366 days, and days that end before they start', async () => {
  const graph = await openGraph();
  const since = '2030-01-01T00:00:00Z';
  expect(await graph.errorsOf(QUERY, { since, until: '2031-01-01T23:00:00Z' })).toEqual([]);
  expect(await graph.errorsOf(QUERY, { since, until: '2031-01-02T00:00:00Z' })).toEqual([
    expect.stringContaining('until'),
  ]);
  expect(await graph.errorsOf(QUERY, { since, until: '2029-12-31T00:00:00Z' })).toEqual([
    expect.stringContaining('until'),
  ]);
});
