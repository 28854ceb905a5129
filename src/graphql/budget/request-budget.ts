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

/** Errors of an answer. To make one takes many times as long as to read a field. */
export const MAX_ANSWER_ERRORS = 1_000;

type LimitName = 'answerBytes' | 'answerFields' | 'answerErrors' | 'readKeys' | 'readBytes';

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

/** None says how much more: fields run side by side, so what they have counted by then differs from time to time. */
const SENTENCES: Readonly<Record<LimitName, (maximum: number) => string>> = {
  answerBytes: (maximum) =>
    `A response may have at most ${maximum} bytes (FEEDBACK_LIMIT_ANSWER_BYTES), and this one has more; request less at once`,
  answerFields: (maximum) =>
    `A response may have at most ${maximum} fields (FEEDBACK_LIMIT_COST), and this one has more; request less at once`,
  answerErrors: (maximum) =>
    `A response may have at most ${maximum} errors, and this one has more; correct the request, or request less at once`,
  readKeys: (maximum) =>
    `A request may read at most ${maximum} keys from the store (FEEDBACK_LIMIT_READ_KEYS), and this one needs more; request less at once`,
  readBytes: (maximum) =>
    `A request may read at most ${maximum} bytes from the store (${READ_BYTES_PER_ANSWER_BYTE} times FEEDBACK_LIMIT_ANSWER_BYTES), and this one needs more; request less at once`,
};

/**
 * What one request has cost so far. Whatever counts throws once a limit is passed, always the same error.
 *
 * A class, as every request has one: closures for each would be most of what making it costs.
 */
export class RequestBudget {
  readonly answerBytes: number;
  readonly #answerFields: number;
  readonly #readKeys: number;
  #fields = 0;
  #errors = 0;
  #bytes = 0;
  #keysRead = 0;
  #bytesRead = 0;
  #keysPlanned = 0;
  #exceeded: BudgetExceededError | undefined;
  #hasEnded = false;
  #thrown: GraphQLError | undefined;
  #over: AbortController | undefined;

  /** @param answerFields the most fields of the answer, where its document is not one of ours */
  constructor({ answerBytes, readKeys }: BudgetLimits, answerFields: number = Infinity) {
    this.answerBytes = answerBytes;
    this.#answerFields = answerFields;
    this.#readKeys = readKeys;
  }

  /** The limit that was passed. */
  get exceeded(): BudgetExceededError | undefined {
    return this.#exceeded;
  }

  /** Aborts once a limit is passed or the request has ended: what runs on for it runs for nobody. */
  get over(): AbortSignal {
    this.#over ??= new AbortController();
    if (this.#hasEnded || this.#thrown !== undefined) this.#over.abort();
    return this.#over.signal;
  }

  /** What everything fails with from now on, if a limit was passed or the request has ended. */
  get failure(): GraphQLError | undefined {
    // Made when it is asked for: its stack trace would be a twentieth of the time of a short request.
    if (this.#hasEnded) this.#thrown ??= new GraphQLError('The request has ended', { path: [] });
    return this.#thrown;
  }

  /** @throws {GraphQLError} if a limit was passed before, or the request has ended. */
  check(): void {
    const { failure } = this;
    if (failure !== undefined) throw failure;
  }

  /** Counts a field of the answer. A text counts a byte a character: never more than it has as JSON. */
  countField(value: unknown): void {
    this.countFields(1, typeof value === 'string' ? value.length : 0);
  }

  /** Counts fields of the answer whose texts have so many characters together. */
  countFields(fields: number, characters: number): void {
    this.check();
    this.#fields += fields;
    this.#bytes += characters;
    if (this.#fields > this.#answerFields) this.#fail('answerFields', this.#answerFields);
    if (this.#bytes > this.answerBytes) this.#fail('answerBytes', this.answerBytes);
  }

  /** Counts an error of the answer. Does not throw, as errors are told where nothing may fail any more. */
  countError(): void {
    this.#errors += 1;
    if (this.#errors > MAX_ANSWER_ERRORS) this.#exceed('answerErrors', MAX_ANSWER_ERRORS);
  }

  /** Ends what still runs for an answer that is complete: whatever it reads next fails. */
  end(): void {
    this.#hasEnded = true;
    this.#over?.abort();
  }

  /** Counts keys that were read, with the bytes of their values. */
  countRead(keys: number, bytes: number): void {
    this.check();
    this.#keysRead += keys;
    this.#bytesRead += bytes;
    const readBytes = READ_BYTES_PER_ANSWER_BYTE * this.answerBytes;
    if (this.#keysRead > this.#readKeys) this.#fail('readKeys', this.#readKeys);
    if (this.#bytesRead > readBytes) this.#fail('readBytes', readBytes);
  }

  /** Counts keys that are about to be read, as far as the store can tell, so that nothing is read in vain. */
  planReads(keys: number): void {
    this.check();
    this.#keysPlanned += keys;
    if (this.#keysPlanned > this.#readKeys) this.#fail('readKeys', this.#readKeys);
  }

  /** Marks the answer as over a limit. */
  refuseAnswer(limit: 'answerBytes' | 'answerErrors'): void {
    this.#exceeded ??= new BudgetExceededError(limit, limit === 'answerBytes' ? this.answerBytes : MAX_ANSWER_ERRORS);
  }

  #fail(limit: LimitName, maximum: number): never {
    throw this.#exceed(limit, maximum);
  }

  #exceed(limit: LimitName, maximum: number): GraphQLError {
    this.#exceeded ??= new BudgetExceededError(limit, maximum);
    // With a path, graphql-js takes it as it is for each field that it ends; to make an error for each takes longer
    // than all the rest of their execution.
    this.#thrown ??= new GraphQLError(this.#exceeded.message, { path: [], originalError: this.#exceeded });
    this.#over?.abort();
    return this.#thrown;
  }
}
