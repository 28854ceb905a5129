/** What the scalars of the schema are in the console, as the API sends them. */

export interface ChatMessage {
  readonly role: string;
  readonly content?: unknown;
  readonly name?: string;
  readonly tool_calls?: unknown;
  readonly tool_call_id?: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** The place of the preferred candidate, or `tie`. */
export type Preferred = number | 'tie';
