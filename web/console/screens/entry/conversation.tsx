import type { ReactNode } from 'react';
import { Badge, JudgementBadge } from '../../components/badge.js';
import { DiffText } from '../../components/diff-text.js';
import { Markdown } from '../../components/markdown.js';
import { TextBlock } from '../../components/text-block.js';
import { useMessages } from '../../messages/messages.js';
import styles from './conversation.module.css';
import type { Entry } from './entry-data.js';
import { messageParts } from './message-parts.js';
import { entryMessages } from './messages.js';

/** Of a longer system prompt, so many characters are shown before somebody asks for all. */
const SYSTEM_CLAMP = 600;
/** Longer answers are shown as plain text, a part at first: Markdown of them would take long to draw. */
const MAX_MARKDOWN = 20_000;

/** The conversation with the judged answer, and what people said of it. */
export function Conversation({ entry }: { readonly entry: Entry }) {
  const texts = useMessages(entryMessages);
  const { candidates } = entry;
  const before = entry.messages.slice(0, -1);
  const last = entry.messages.at(-1);
  return (
    <div className={styles['conversation']}>
      {before.map((message, place) => (
        <Message key={place} role={message.role} name={message.name}>
          {messageParts(message).map((part, number) =>
            part.kind === 'data' ? (
              <TextBlock key={number} text={part.text} isCode />
            ) : message.role === 'assistant' ? (
              <Answer key={number} text={part.text} />
            ) : (
              <TextBlock key={number} text={part.text} {...(message.role === 'system' && { clamp: SYSTEM_CLAMP })} />
            ),
          )}
        </Message>
      ))}
      {candidates == null || candidates.length === 0 ? (
        <Message role="assistant" mark={<JudgementBadge type={entry.type} />}>
          {last === undefined ? (
            <Answer text={entry.answer} />
          ) : (
            messageParts(last).map((part, number) =>
              part.kind === 'data' ? (
                <TextBlock key={number} text={part.text} isCode />
              ) : (
                <Answer key={number} text={part.text} />
              ),
            )
          )}
        </Message>
      ) : (
        candidates.map((candidate, place) => (
          <Message
            key={place}
            role="assistant"
            name={candidate.adapterId ?? candidate.modelVersion ?? undefined}
            mark={entry.preferred === place && <Badge tone="positive">{texts.preferred}</Badge>}
          >
            <Answer text={candidate.answer} />
          </Message>
        ))
      )}
      {entry.correction != null && (
        <Said heading={texts.correction}>
          <Answer text={entry.correction} />
          <details className={styles['diff']}>
            <summary>{texts.differences}</summary>
            <DiffText before={entry.answer} after={entry.correction} />
          </details>
        </Said>
      )}
      {entry.reason != null && (
        <Said heading={texts.fields.reason}>
          <TextBlock text={entry.reason} />
        </Said>
      )}
      {entry.comment != null && (
        <Said heading={texts.comment}>
          <TextBlock text={entry.comment} />
        </Said>
      )}
    </div>
  );
}

function Answer({ text }: { readonly text: string }) {
  return text.length > MAX_MARKDOWN ? <TextBlock text={text} /> : <Markdown text={text} />;
}

interface MessageProps {
  readonly role: string;
  readonly name?: string | undefined;
  readonly mark?: ReactNode;
  readonly children: ReactNode;
}

function Message({ role, name, mark, children }: MessageProps) {
  const { roles } = useMessages(entryMessages);
  const label = Object.entries(roles).find(([known]) => known === role)?.[1] ?? role;
  return (
    <section className={styles['message']} data-role={role} data-judged={mark !== undefined && mark !== false}>
      <h2 className={styles['role']}>
        <span dir="auto">{name === undefined ? label : `${label} · ${name}`}</span>
        {mark}
      </h2>
      {children}
    </section>
  );
}

function Said({ heading, children }: { readonly heading: string; readonly children: ReactNode }) {
  return (
    <section className={styles['said']}>
      <h2 className={styles['role']}>{heading}</h2>
      {children}
    </section>
  );
}
