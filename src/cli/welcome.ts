/** What `serve` prints once it listens: the next steps for somebody new, in at most twenty lines. */
import { CLIENT_VARIABLES } from '../config/sources.js';
import { DEFAULT_URL } from './client-options.js';

/**
 * Five things to try on the demo, as commands to paste: how all feedback stands, what waits for a reviewer, what can
 * still be learned from, where the newest adapter comes from, and whether each adapter does better than those before it.
 */
export const DEMO_COMMANDS: readonly string[] = [
  'npx feedback-graph feedback stats',
  'npx feedback-graph feedback list --status flagged --limit 5',
  'npx feedback-graph feedback list --unused --status approved --limit 5',
  'npx feedback-graph adapter lineage themis_help_lora_v4',
  "npx feedback-graph query 'MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a) RETURN a.id, f.type, count(*)'",
];

export interface Welcome {
  /** A URL that a client can connect to. */
  readonly url: string;
  /** The token to try the server with; absent if tokens are issued elsewhere. */
  readonly token?: string | undefined;
  /** Whether the store is filled with the demo. */
  readonly demo: boolean;
}

/** The next steps in a browser and in a terminal. Empty without a token, unless the store holds the demo. */
export function welcomeText({ url, token, demo }: Welcome): string {
  if (token === undefined && !demo) return '';
  const lines = [
    ...(token === undefined
      ? ['', `In a terminal, with a token in ${CLIENT_VARIABLES.token}:`]
      : [
          '',
          'In a browser (the token has the role admin, for 24 hours):',
          `${url}/console#token=${token}`,
          '',
          'In a terminal:',
          `export ${CLIENT_VARIABLES.token}=${token}`,
        ]),
    ...(url === DEFAULT_URL ? [] : [`export ${CLIENT_VARIABLES.url}=${url}`]),
    ...(demo ? DEMO_COMMANDS : [documentedSubmission(url), 'npx feedback-graph feedback stats']),
  ];
  return `${lines.join('\n')}\n`;
}

/** What an application would send, as a command to paste. */
function documentedSubmission(url: string): string {
  return `curl -X POST ${url}/api/v1/llm/feedback \\
  -H "Authorization: Bearer $${CLIENT_VARIABLES.token}" \\
  -H "Content-Type: application/json" \\
  -d '{"type": "positive", "question": "How do I enable sharding in ThemisDB?",
       "answer": "Use the SHARD BY clause.", "adapter_id": "themis_help_lora"}'`;
}
