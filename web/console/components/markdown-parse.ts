/**
 * The part of Markdown that answers of language models use, as data: nothing of it is HTML, and an image is a text like
 * any other. Whatever is not understood stays as it was written.
 */
export type Inline =
  | { readonly kind: 'text' | 'code' | 'strong' | 'emphasis'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

export type Block =
  | { readonly kind: 'paragraph' | 'quote'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly string[] };

const FENCE = /^ {0,3}(?:```|~~~)/;
const HEADING = /^ {0,3}#{1,6}\s+(.+)$/;
const QUOTE = /^ {0,3}>\s?(.*)$/;
const ITEM = /^ {0,3}(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;

export function parseBlocks(source: string): Block[] {
  const lines = source.split('\n');
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const endParagraph = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', text: paragraph.join('\n') });
    paragraph = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (FENCE.test(line)) {
      endParagraph();
      const fence = line.trimStart().slice(0, 3);
      const rest = lines.slice(at + 1);
      const length = rest.findIndex((other) => other.trimStart().startsWith(fence));
      const code = length < 0 ? rest : rest.slice(0, length);
      blocks.push({ kind: 'code', text: code.join('\n') });
      at += code.length + (length < 0 ? 0 : 1);
      continue;
    }
    const item = ITEM.exec(line);
    const block = item === null ? blockOfLine(line) : undefined;
    if (item === null && block === undefined) {
      if (line.trim() === '') endParagraph();
      else paragraph.push(line);
      continue;
    }
    endParagraph();
    if (item === null) {
      if (block !== undefined) blocks.push(block);
      continue;
    }
    const [, number, text = ''] = item;
    const last = blocks.at(-1);
    const isOrdered = number !== undefined;
    const follows = at > 0 && ITEM.test(lines[at - 1] ?? '') && last?.kind === 'list' && last.isOrdered === isOrdered;
    if (follows) blocks[blocks.length - 1] = { ...last, items: [...last.items, text] };
    else blocks.push({ kind: 'list', isOrdered, items: [text] });
  }
  endParagraph();
  return blocks;
}

function blockOfLine(line: string): Block | undefined {
  const [, heading] = HEADING.exec(line) ?? [];
  if (heading !== undefined) return { kind: 'heading', text: heading };
  const [, quote] = QUOTE.exec(line) ?? [];
  return quote === undefined ? undefined : { kind: 'quote', text: quote };
}

/** Bounded in what they look over, so that a line of 20,000 characters takes no longer than one of 2,000 does ten times. */
const INLINE =
  /`([^`\n]{1,2000})`|\*\*([^*\n]{1,2000})\*\*|(?<![\w*])\*([^*\s][^*\n]{0,2000})\*(?!\w)|(?<!!)\[([^[\]\n]{1,500})\]\((https?:\/\/[^\s()]{1,2000})\)/g;

export function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, strong, emphasis, label, href] = match;
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) });
    if (code !== undefined) parts.push({ kind: 'code', text: code });
    else if (strong !== undefined) parts.push({ kind: 'strong', text: strong });
    else if (emphasis !== undefined) parts.push({ kind: 'emphasis', text: emphasis });
    else if (label !== undefined && href !== undefined) parts.push({ kind: 'link', text: label, href });
    end = match.index + whole.length;
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}
