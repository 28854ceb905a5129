import { type Static, Type } from 'typebox';
import { ApiError } from '../errors.js';
import type { Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { ADAPTERS } from './adapter-routes.js';
import { AdapterIdParameters } from './adapter-schemas.js';
import { EXAMPLES } from './examples.js';
import { BASE } from './feedback-routes.js';
import { timeSchema } from './field-schemas.js';
import { toStats } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import {
  type DailyFeedbackCountsFragment,
  GetAdapterStatsByDayDocument,
  GetFeedbackStatsByDayDocument,
  GetReviewsByDayDocument,
} from './operations.generated.js';
import { REVIEW_EXAMPLES } from './review-examples.js';
import { REVIEW_BASE } from './review-routes.js';
import { closed, StatsAnswer } from './schemas.js';

const DaysQuery = Type.Object(
  { since: timeSchema('Any time on the first day'), until: timeSchema('Any time on the last day') },
  closed,
);

const days = Type.Array(
  Type.Object(
    {
      day: Type.String({ description: 'The UTC day, such as `2030-01-31`.' }),
      ...StatsAnswer.properties,
    },
    { title: 'DailyFeedbackStats' },
  ),
  { description: 'Counts of the entries submitted on each day, by their current state, in the order of days.' },
);

const DaysAnswer = Type.Object(
  { days, count: Type.Integer({ description: 'Number of days.' }) },
  { title: 'FeedbackStatsByDay' },
);

const AdapterDaysAnswer = Type.Object(
  { id: Type.String({ description: 'Id of the adapter.' }), ...DaysAnswer.properties },
  { title: 'AdapterStatsByDay' },
);

const ReviewDaysAnswer = Type.Object(
  {
    days: Type.Array(
      Type.Object(
        {
          day: Type.String({ description: 'The UTC day, such as `2030-01-31`.' }),
          reviewed: Type.Integer({ description: 'Number of entries that the reviewer has decided.' }),
        },
        { title: 'DailyReviews' },
      ),
      { description: 'Counts of each day, in the order of days.' },
    ),
    count: Type.Integer({ description: 'Number of days.' }),
  },
  { title: 'ReviewsByDay' },
);

const DESCRIPTION = 'for each UTC day from `since` to `until`, at most 366 days, by their current state.';

function toDays(counted: readonly DailyFeedbackCountsFragment[]): Static<typeof DaysAnswer> {
  return { days: counted.map(({ day, ...stats }) => ({ day, ...toStats(stats) })), count: counted.length };
}

/** Statistics by day, of the organization and of an adapter; and how many entries a reviewer has decided. */
export function statsByDayRoutes(application: Application, run: RunOperation, services: Services): void {
  application.get(
    `${BASE}/stats/by-day`,
    {
      config: { failure: 'Failed to read statistics' },
      schema: {
        operationId: 'getFeedbackStatsByDay',
        summary: 'Count entries by day',
        description: `Counts the entries submitted ${DESCRIPTION}`,
        tags: [TAGS.feedback],
        querystring: DaysQuery,
        response: { 200: answer(DaysAnswer, 'The counts of each day.', EXAMPLES.statsByDay) },
      },
    },
    async (request) => {
      const { since, until } = request.query;
      const variables = { since: new Date(since), until: new Date(until) };
      const context = requestContext(request, services);
      return toDays((await run(GetFeedbackStatsByDayDocument, variables, context)).feedbackStatsByDay);
    },
  );

  application.get(
    `${ADAPTERS}/:id/stats/by-day`,
    {
      config: { failure: 'Failed to read statistics' },
      schema: {
        operationId: 'getAdapterStatsByDay',
        summary: 'Count the entries of an adapter by day',
        description: `Counts the entries linked to the adapter that were submitted ${DESCRIPTION}`,
        tags: [TAGS.adapters],
        params: AdapterIdParameters,
        querystring: DaysQuery,
        response: { 200: answer(AdapterDaysAnswer, 'The counts of each day.', EXAMPLES.adapterStatsByDay) },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request) => {
      const { id } = request.params;
      const { since, until } = request.query;
      const variables = { id, since: new Date(since), until: new Date(until) };
      const { adapter } = await run(GetAdapterStatsByDayDocument, variables, requestContext(request, services));
      if (adapter === null) throw new ApiError('NOT_FOUND', 'Adapter not found');
      return { id, ...toDays(adapter.statsByDay) };
    },
  );

  application.get(
    `${REVIEW_BASE}/by-day`,
    {
      config: { failure: 'Failed to count reviews' },
      schema: {
        operationId: 'getReviewsByDay',
        summary: "Count the reviewer's decisions by day",
        description:
          'Counts the entries that the reviewer has decided on each UTC day from `since` to `until`, at most 366 days. An ' +
          'entry counts on the day of its present review: not once that is undone, replaced by a later one or erased with ' +
          'the entry.',
        tags: [TAGS.review],
        querystring: DaysQuery,
        response: { 200: answer(ReviewDaysAnswer, 'The counts of each day.', REVIEW_EXAMPLES.reviewsByDay) },
      },
    },
    async (request) => {
      const { since, until } = request.query;
      const variables = { since: new Date(since), until: new Date(until) };
      const { reviewsByDay } = await run(GetReviewsByDayDocument, variables, requestContext(request, services));
      return { days: reviewsByDay.map(({ day, count }) => ({ day, reviewed: count })), count: reviewsByDay.length };
    },
  );
}
