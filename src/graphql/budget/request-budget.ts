/** What one request may cost while it runs: the bytes and fields of its answer, and what it reads for them. */
import { GraphQLError } from 'graphql';
import { ApiError } from '../../errors.js';

export interface BudgetLimits {
  /** Bytes of an answer, as JSON. */
  readonly answerBytes: number;
  /** Keys of the store that one request may read: index entries, records and counters. */
  readonly readKeys: number;
}

export const DEFAULT_BUDGET_LIMITS: BudgetLimits = { answerBytes: 16 * 1024 ** 2, readKeys: 1_000_000 };

/** A record is read to show some of it, so a request may read more than it answers, by this factor. */
const READ_BYTES_PER_ANSWER_BYTE = 4;

type LimitName = 'answerBytes' | 'answerFields' | 'readKeys' | 'readBytes';

/** A request that has passed a limit while it ran. */
export class BudgetExceededError extends ApiError {
  override readonly name = 'BudgetExceededError';

  constructor(
    readonly limit: LimitName,
    readonly maximum: number,
    /** Whether a mutation may have changed something before. */
    changed = false,
  ) {
    const stays = changed ? '; the changes that the mutation has already made remain' : '';
    super('OPERATION_LIMIT_EXCEEDED', SENTENCES[limit](maximum) + stays);
  }

  override get extensions(): Record<string, unknown> {
    return { ...super.extensions, limit: this.limit, maximum: this.maximum };
  }
}

const SENTENCES: Readonly<Record<LimitName, (maximum: number) => string>> = {
  answerBytes: (maximum) =>
    `A response may have at most ${maximum} bytes (FEEDBACK_LIMIT_ANSWER_BYTES), and this one has more; request less at once`,
  answerFields: (maximum) =>
    `A response may have at most ${maximum} fields (FEEDBACK_LIMIT_COST), and this one has more; request less at once`,
  readKeys: (maximum) =>
    `A request may read at most ${maximum} keys from the store (FEEDBACK_LIMIT_READ_KEYS), and this one needs more; request less at once`,
  readBytes: (maximum) =>
    `A request may read at most ${maximum} bytes from the store (${READ_BYTES_PER_ANSWER_BYTE} times FEEDBACK_LIMIT_ANSWER_BYTES), and this one needs more; request less at once`,
};

/** What one request has cost so far. Whatever counts throws once a limit is passed, always the same error. */
export interface RequestBudget {
  readonly answerBytes: number;
  /** The limit that was passed. */
  readonly exceeded: BudgetExceededError | undefined;
  /** @throws {GraphQLError} if a limit was passed before. */
  readonly check: () => void;
  /** Counts a field of the answer. A text counts a byte a character: never more than it has as JSON. */
  readonly countField: (value: unknown) => void;
  /** Counts keys that were read, with the bytes of their values. */
  readonly countRead: (keys: number, bytes: number) => void;
  /** Counts keys that are about to be read, as far as the store can tell, so that nothing is read in vain. */
  readonly planReads: (keys: number) => void;
  /** Marks the answer as too large. */
  readonly refuseAnswer: () => void;
}

/** @param answerFields the most fields of the answer, where its document is not one of ours */
export function createRequestBudget(
  { answerBytes, readKeys }: BudgetLimits,
  answerFields: number = Infinity,
): RequestBudget {
  const readBytes = READ_BYTES_PER_ANSWER_BYTE * answerBytes;
  let fields = 0;
  let bytes = 0;
  let keysRead = 0;
  let bytesRead = 0;
  let keysPlanned = 0;
  let exceeded: BudgetExceededError | undefined;
  let thrown: GraphQLError | undefined;

  const fail = (limit: LimitName, maximum: number): never => {
    exceeded ??= new BudgetExceededError(limit, maximum);
    // With a path, graphql-js takes it as it is for each field that it ends; to make an error for each takes longer
    // than all the rest of their execution.
    thrown ??= new GraphQLError(exceeded.message, { path: [], originalError: exceeded });
    throw thrown;
  };

  const check = (): void => {
    if (thrown !== undefined) throw thrown;
  };

  return {
    answerBytes,
    get exceeded() {
      return exceeded;
    },
    check,
    countField: (value) => {
      check();
      fields += 1;
      if (typeof value === 'string') bytes += value.length;
      if (fields > answerFields) fail('answerFields', answerFields);
      if (bytes > answerBytes) fail('answerBytes', answerBytes);
    },
    countRead: (keys, size) => {
      check();
      keysRead += keys;
      bytesRead += size;
      if (keysRead > readKeys) fail('readKeys', readKeys);
      if (bytesRead > readBytes) fail('readBytes', readBytes);
    },
    planReads: (keys) => {
      check();
      keysPlanned += keys;
      if (keysPlanned > readKeys) fail('readKeys', readKeys);
    },
    refuseAnswer: () => {
      exceeded ??= new BudgetExceededError('answerBytes', answerBytes);
    },
  };
}
