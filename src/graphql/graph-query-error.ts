import type { QueryError } from '@feedback-graph/cypher';
import { ApiError } from '../errors.js';

/** A graph query that cannot be run, failed, or has spent its budget; `extensions.query` says what is wrong and where. */
export class GraphQueryError extends ApiError {
  override readonly name = 'GraphQueryError';
  readonly #reported: QueryError;

  constructor(error: QueryError) {
    super('BAD_USER_INPUT', error.message, { cause: error });
    this.#reported = error;
  }

  override get extensions(): Record<string, unknown> {
    const { kind, detail, location } = this.#reported;
    return { ...super.extensions, query: { kind, detail, ...location } };
  }
}

const ADD =
  "use the mutation 'submitFeedback' to add a feedback entry, 'registerAdapter' for an adapter, 'linkFeedback' for a relationship";
const CHANGE = "use the mutation 'registerAdapter', 'linkFeedback' or 'markUsedForTraining' to change the graph";
const ERASE = "use the mutation 'eraseFeedback' to erase a feedback entry";

const ALTERNATIVES: ReadonlyMap<string, string> = new Map([
  ['CREATE', ADD],
  ['MERGE', ADD],
  ['INSERT', ADD],
  ['DELETE', ERASE],
  ['DETACH', ERASE],
]);

/** The mutation to use instead of a clause that writes. */
export function suggestMutation(clause: string): string {
  return ALTERNATIVES.get(clause) ?? CHANGE;
}
