/** Texts of users, whatever they hold: very long ones, lines without an end, characters that cannot be seen. */
import { Fragment, type ReactNode, useState } from 'react';
import { useMessages } from '../messages/messages.js';
import { Button } from './button.js';
import { commonMessages } from './messages.js';
import styles from './text-block.module.css';

/** Characters that are shown before somebody asks for all. */
const SHOWN_CHARACTERS = 4_000;
/** Beyond these, invisible characters stay invisible: each is an element of the page. */
const MAX_MARKS = 500;

/** Zero-width characters, soft hyphens, marks that change the direction of a text, and controls but for tab and new line. */

const INVISIBLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

export interface TextBlockProps {
  readonly text: string;
  /** Characters that are shown before somebody asks for all. */
  readonly clamp?: number;
  /** Whether the text is code or data, in letters of one width. */
  readonly isCode?: boolean;
}

export function TextBlock({ text, clamp = SHOWN_CHARACTERS, isCode = false }: TextBlockProps) {
  const { showAll, showLess } = useMessages(commonMessages);
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > clamp + clamp / 4;
  const shown = isLong && !isOpen ? `${text.slice(0, safeEnd(text, clamp))}…` : text;
  return (
    <div className={styles['block']}>
      <div dir="auto" className={styles['text']} data-code={isCode}>
        <VisibleText text={shown} />
      </div>
      {isLong && (
        <Button size="small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? showLess : showAll(text.length)}
        </Button>
      )}
    </div>
  );
}

/** A text whose invisible characters can be seen. */
export function VisibleText({ text }: { readonly text: string }): ReactNode {
  const { invisible } = useMessages(commonMessages);
  if (!INVISIBLE.test(text)) return text;
  const parts: ReactNode[] = [];
  let rest = text;
  while (parts.length < MAX_MARKS) {
    const at = rest.search(INVISIBLE);
    if (at < 0) break;
    const code = `U+${(rest.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    parts.push(
      <Fragment key={parts.length}>
        {rest.slice(0, at)}
        <span role="img" aria-label={invisible(code)} title={invisible(code)} className={styles['mark']}>
          {code.slice(2)}
        </span>
      </Fragment>,
    );
    rest = rest.slice(at + 1);
  }
  return [...parts, rest];
}

/** Where to cut, so that no character of two halves is torn apart. */
function safeEnd(text: string, end: number): number {
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}
