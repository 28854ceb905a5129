import { type Static, Type } from 'typebox';
import { ApiError, ERRORS, type ErrorCode, InvalidInputError, type Issue } from '../errors.js';
import { MAX_BATCH } from '../feedback/submit.js';
import type { Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { errorBody } from '../http/error-body.js';
import { countRequests } from '../http/guard.js';
import { requestContext } from '../http/request-context.js';
import type { ConsumeRequests } from '../http/request-limits.js';
import { createSchemaCompiler } from '../http/schema-validation.js';
import { DOCUMENTED_AS } from '../model/field-kinds.js';
import { mapYielding } from '../yield-to-event-loop.js';
import { EXAMPLES } from './examples.js';
import { BASE } from './feedback-routes.js';
import { toSubmitInput, toSubmitted } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import {
  SubmitFeedbackBatchDocument,
  type SubmitFeedbackBatchMutation,
  type SubmitFeedbackInput,
} from './operations.generated.js';
import { closed, ErrorAnswer, SubmitAnswer, SubmitBody } from './schemas.js';

/** A batch may be as large as this many single submissions at their limit. */
const BODIES_OF_A_BATCH = 32;

/** Each entry is checked on its own, so that one bad entry does not refuse the others. */
const BatchBody = Type.Object(
  {
    feedback: Type.Array(Type.Any({ [DOCUMENTED_AS]: 'Submission' }), {
      minItems: 1,
      maxItems: MAX_BATCH,
      description: 'Entries, each in the format of a single submission.',
    }),
    keep_revised: Type.Optional(
      Type.Boolean({
        description:
          'Whether to leave an entry alone that was revised or withdrawn since it said the same: for imports that are run again.',
      }),
    ),
  },
  { ...closed, title: 'BatchSubmission', 'x-examples': EXAMPLES.batch },
);

const BatchAnswer = Type.Object(
  {
    results: Type.Array(
      Type.Object(
        {
          status: Type.Integer({
            description: '201 or 200, or the status with which this entry would have been refused on its own.',
          }),
          ...Type.Partial(SubmitAnswer).properties,
          ...Type.Partial(ErrorAnswer).properties,
        },
        { title: 'BatchEntryResult' },
      ),
      { description: 'One result for each entry, in the order submitted.' },
    ),
    stored: Type.Integer({ description: 'Number of entries stored.' }),
  },
  { title: 'BatchResult' },
);

type BatchResult = Static<typeof BatchAnswer>['results'][number];
type Stored = SubmitFeedbackBatchMutation['submitFeedbackBatch']['results'][number];

/** `POST …/feedback/batch`: up to 1,000 entries in one commit, each validated on its own. */
export function batchRoute(
  application: Application,
  run: RunOperation,
  services: Services,
  consume: ConsumeRequests,
  bodyLimit: number,
): void {
  const check = createSchemaCompiler()({ schema: SubmitBody, method: 'POST', url: BASE, httpPart: 'body' });
  /** The entry, or what is wrong with its shape. */
  const parse = (entry: unknown): SubmitFeedbackInput | ApiError => {
    const checked: unknown = check(entry);
    if (typeof checked === 'object' && checked !== null && 'error' in checked && checked.error instanceof ApiError) {
      return checked.error;
    }
    // The schema has just been checked.
    return toSubmitInput(entry as Static<typeof SubmitBody>);
  };

  application.post(
    `${BASE}/batch`,
    {
      bodyLimit: bodyLimit * BODIES_OF_A_BATCH,
      config: { failure: 'Failed to store feedback', bodyInPieces: true },
      schema: {
        operationId: 'submitFeedbackBatch',
        summary: 'Submit many entries',
        description:
          'Submits up to 1,000 entries, each validated independently and counted as one request. All valid ' +
          'entries are stored in one commit.',
        tags: [TAGS.feedback],
        body: BatchBody,
        response: {
          201: answer(BatchAnswer, 'All entries were stored.', EXAMPLES.batchStored),
          207: answer(
            BatchAnswer,
            'Some entries were refused; each result gives the status and the reason.',
            EXAMPLES.batchMixed,
          ),
        },
      },
    },
    async (request, reply) => {
      const parsed = await mapYielding(request.body.feedback, parse);
      // A batch of n entries counts as n requests (docs/api.md, "Submit many entries"); the first is already counted.
      await countRequests(request, reply, consume, parsed.length - 1);
      const input = parsed.flatMap((entry) => (entry instanceof ApiError ? [] : [entry]));
      const { submitFeedbackBatch: batch } = await run(
        SubmitFeedbackBatchDocument,
        { input, keepRevised: request.body.keep_revised ?? null },
        requestContext(request, services),
      );
      const outcomes = batch.results.values();
      const results = await mapYielding(parsed, (entry): BatchResult => {
        if (entry instanceof ApiError) return { status: entry.status, ...restError(entry) };
        const outcome = outcomes.next().value;
        if (outcome === undefined) throw new Error('An entry of a batch has no result');
        return toResult(outcome);
      });
      const stored = results.filter((result) => result.status < 300).length;
      return reply.code(stored === results.length ? 201 : 207).send({ results, stored });
    },
  );
}

function toResult({ feedback, error, created, updated }: Stored): BatchResult {
  if (feedback !== null) {
    const effect = created ? 'created' : updated ? 'updated' : 'unchanged';
    return { status: created ? 201 : 200, ...toSubmitted(feedback, effect) };
  }
  if (error === null) throw new Error('A result is neither stored nor refused');
  const [first, ...rest] = error.issues as readonly Issue[];
  const known = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);
  const code = known(error.code) ? error.code : 'INTERNAL_SERVER_ERROR';
  const refusal = first === undefined ? new ApiError(code, error.message) : new InvalidInputError([first, ...rest]);
  return { status: refusal.status, ...restError(refusal) };
}

function restError(error: ApiError): Omit<BatchResult, 'status'> {
  const { issues, ...body } = errorBody(error);
  return {
    ...body,
    ...(issues === undefined ? {} : { issues: issues.map(({ field, problem }) => ({ field, problem })) }),
  };
}
