import type { FeedbackAdapter, ThreadMessage } from '@assistant-ui/react';
import type { Submission, Submitter } from '@feedback-graph/client/submit';

export interface FeedbackAdapterOptions {
  readonly submitter: Pick<Submitter, 'submit'>;
  /** The messages of the thread, the judged one included. */
  readonly messages: () => readonly ThreadMessage[];
  /** What is the same for all entries, such as `adapter_id`. */
  readonly entry?: Partial<Submission>;
  /** Is told if an entry could not be sent. */
  readonly onError?: (error: unknown) => void;
}

/** Sends the thumbs of assistant-ui: each message is an interaction, so that a second thought changes the first one. */
export function createFeedbackAdapter({
  submitter,
  messages,
  entry,
  onError,
}: FeedbackAdapterOptions): FeedbackAdapter {
  return {
    submit: ({ message, type }) => {
      const thread = messages();
      const place = thread.findIndex(({ id }) => id === message.id);
      const conversation = thread.slice(0, place + 1).flatMap(toChatMessage);
      submitter
        .submit({ ...entry, type, messages: conversation, interaction_id: message.id }, { keepalive: true })
        .catch((error: unknown) => onError?.(error));
    },
  };
}

/** A message as the API takes it: its text. */
function toChatMessage({ role, content }: ThreadMessage): NonNullable<Submission['messages']> {
  const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return text === '' ? [] : [{ role, content: text }];
}
