/** What `serve` prints once it listens: the next steps for somebody new, in at most twenty lines. */
import { CLIENT_VARIABLES } from '../config/sources.js';
import { DEMO_COMMANDS } from '../demo/suggestions.js';
import { DEFAULT_URL } from './client-options.js';

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
          `${url}/#token=${token}`,
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
