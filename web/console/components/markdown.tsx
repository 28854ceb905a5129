import { Fragment, useMemo } from 'react';
import { type Block, parseBlocks, parseInline } from './markdown-parse.js';
import styles from './markdown.module.css';
import { VisibleText } from './text-block.js';

/** A text with Markdown in it. It loads nothing: images stay as they were written, and so does HTML. */
export function Markdown({ text }: { readonly text: string }) {
  const blocks = useMemo(() => parseBlocks(text), [text]);
  return (
    <div dir="auto" className={styles['markdown']}>
      {blocks.map((block, place) => (
        <BlockView key={place} block={block} />
      ))}
    </div>
  );
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'code':
      return (
        // A line may be wider than the window, and is reached with the arrow keys.
        <pre tabIndex={0}>
          <code>
            <VisibleText text={block.text} />
          </code>
        </pre>
      );
    case 'heading':
      // The heading of somebody's text is none of the page's.
      return (
        <p className={styles['heading']}>
          <InlineText text={block.text} />
        </p>
      );
    case 'quote':
      return (
        <blockquote>
          <InlineText text={block.text} />
        </blockquote>
      );
    case 'list': {
      const List = block.isOrdered ? 'ol' : 'ul';
      return (
        <List>
          {block.items.map((item, place) => (
            <li key={place}>
              <InlineText text={item} />
            </li>
          ))}
        </List>
      );
    }
    case 'paragraph':
      return (
        <p>
          <InlineText text={block.text} />
        </p>
      );
  }
}

function InlineText({ text }: { readonly text: string }) {
  return parseInline(text).map((part, place) => {
    const shown = <VisibleText text={part.text} />;
    switch (part.kind) {
      case 'text':
        return <Fragment key={place}>{shown}</Fragment>;
      case 'code':
        return <code key={place}>{shown}</code>;
      case 'strong':
        return <strong key={place}>{shown}</strong>;
      case 'emphasis':
        return <em key={place}>{shown}</em>;
      case 'link':
        return (
          <a key={place} href={part.href} target="_blank" rel="noreferrer noopener nofollow" title={part.href}>
            {shown}
          </a>
        );
    }
  });
}
