import type { ChatMessage } from '../api/scalars.js';

/** What a message of a conversation consists of, whatever form its content has. */
export type MessagePart =
  | { readonly kind: 'text'; readonly text: string }
  /** What was a picture, a sound or a file: its address, which is shown and never loaded. */
  | { readonly kind: 'reference'; readonly text: string }
  | { readonly kind: 'call'; readonly name: string; readonly text: string }
  | { readonly kind: 'data'; readonly text: string };

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

export function messageParts({ content, tool_calls: calls }: ChatMessage): readonly MessagePart[] {
  const contents: readonly unknown[] = Array.isArray(content) ? content : content == null ? [] : [content];
  return [
    ...contents.map(toPart),
    ...(Array.isArray(calls) ? calls : []).map((call): MessagePart => {
      const { name, arguments: given } = fieldsOf(fieldsOf(call)['function']);
      return { kind: 'call', name: toText(name ?? ''), text: toText(given ?? '') };
    }),
  ];
}

function toPart(content: unknown): MessagePart {
  if (typeof content === 'string') return { kind: 'text', text: content };
  const { text, image_url: image } = fieldsOf(content);
  if (typeof text === 'string') return { kind: 'text', text };
  const address = typeof image === 'string' ? image : fieldsOf(image)['url'];
  if (typeof address === 'string') return { kind: 'reference', text: address };
  return { kind: 'data', text: toText(content) };
}
