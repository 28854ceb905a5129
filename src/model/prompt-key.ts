/** What makes two prompts the same: of a question asked alone its words, and in a conversation the turns before it, too. */
import { hash } from 'node:crypto';
import { contentText, type Dialog, promptOf } from './conversation.js';
import { normalizedText, questionKey } from './normalized-text.js';

/**
 * Equal for the same prompt: for questions that are the same ({@link questionKey}), after the same turns. System prompts
 * do not count, as they often hold a date. 128 bits.
 */
export function promptKey(dialog: Dialog): string {
  const context = contextKey(dialog);
  return context === '' ? questionKey(dialog.question) : shortHash([context, questionKey(dialog.question)]);
}

/** Equal for the same turns around the question; empty where it was asked alone. 128 bits. */
export function contextKey(dialog: Dialog): string {
  const { turns } = promptOf(dialog);
  const asked = turns.findLastIndex(({ role }) => role === 'user');
  const [only] = turns;
  if (turns.length === 1 && typeof only?.content === 'string') return '';
  return shortHash(
    turns.map(({ role, tool_calls: calls, content, ...message }, index) => {
      const images = typeof content === 'string' ? [] : content?.filter((part) => part.type === 'image_url');
      const text =
        index === asked ? '' : normalizedText(contentText({ role, ...(content === undefined ? {} : { content }) }));
      return [role, text, images ?? [], calls ?? [], message.tool_call_id ?? ''];
    }),
  );
}

function shortHash(parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts), 'buffer').toString('latin1', 0, 16);
}
