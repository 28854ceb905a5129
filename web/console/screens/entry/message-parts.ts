/** What a message of a conversation says, whatever form its content has. */
import type { ChatMessage } from '../../api/scalars.js';

export type MessagePart = { readonly kind: 'text' | 'data'; readonly text: string };

/** The parts of a message in their order; what is no text is shown as data, and nothing is loaded. */
export function messageParts({ content, tool_calls: calls }: ChatMessage): readonly MessagePart[] {
  const parts =
    typeof content === 'string' ? [content] : Array.isArray(content) ? content : content == null ? [] : [content];
  return [
    ...parts.map((part: unknown): MessagePart => {
      if (typeof part === 'string') return { kind: 'text', text: part };
      if (isTextPart(part)) return { kind: 'text', text: part.text };
      return { kind: 'data', text: JSON.stringify(part, undefined, 2) };
    }),
    ...(calls == null ? [] : [{ kind: 'data', text: JSON.stringify(calls, undefined, 2) } as const]),
  ];
}

function isTextPart(part: unknown): part is { readonly text: string } {
  return typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string';
}
