import {
  type CallOptions,
  type ConnectionOptions,
  createTransport,
  readJson,
  type Transport,
  unexpected,
} from './transport.js';
import type { Feedback, Revision, Submission, SubmittedFeedback } from './types.js';

export interface SubmitOptions extends CallOptions {
  /** Whether the request may outlive the page that sends it; for entries of up to some 60 KB. */
  readonly keepalive?: boolean;
}

/** What a token with the role `submitter` may do: send feedback, and change one's mind. */
export interface Submitter {
  /**
   * Submits an entry. What the same user has said of the same interaction before is changed by it.
   * @throws {FeedbackGraphError}
   */
  readonly submit: (entry: Submission, options?: SubmitOptions) => Promise<SubmittedFeedback>;
  /** Changes or withdraws an entry that the user has submitted. @throws {FeedbackGraphError} */
  readonly revise: (id: string, changes: Revision, options?: CallOptions & IfMatch) => Promise<Feedback>;
}

/** Refuses a change with 412 if the entry has another version by now. */
export interface IfMatch {
  readonly version?: number;
}

export function matching({ version }: IfMatch): { readonly 'If-Match'?: string } {
  return version === undefined ? {} : { 'If-Match': `"${version}"` };
}

export const FEEDBACK_PATH = '/api/v1/llm/feedback';

/** Browsers take 64 KiB in all from requests that may outlive their page. */
const MAX_KEEPALIVE_BYTES = 60_000;

/** The smallest client: it only submits. `createClient` does everything. */
export function createSubmitter(options: ConnectionOptions): Submitter {
  return submitterOn(createTransport(options));
}

export function submitterOn(transport: Transport): Submitter {
  return {
    submit: async (entry, { keepalive = false, ...options } = {}) => {
      const json = JSON.stringify(entry);
      return transport(
        {
          ...options,
          method: 'POST',
          url: FEEDBACK_PATH,
          body: json,
          keepalive: keepalive && new TextEncoder().encode(json).length <= MAX_KEEPALIVE_BYTES,
        },
        async (answer) => {
          const body = await readJson(answer);
          // An entry counts as stored only where the server says so: others answer with JSON, too.
          if (!isStored(body)) throw unexpected(answer);
          return body;
        },
      );
    },
    revise: async (id, changes, options = {}) => {
      const body = await transport(
        {
          ...options,
          method: 'PATCH',
          url: `${FEEDBACK_PATH}/${encodeURIComponent(id)}`,
          body: JSON.stringify(changes),
          headers: matching(options),
        },
        readJson,
      );
      // The server's own description of the answer is what the type is made of.
      return body as Feedback;
    },
  };
}

function isStored(body: object): body is SubmittedFeedback {
  return 'id' in body && typeof body.id === 'string';
}
