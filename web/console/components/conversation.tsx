import { useState } from 'react';
import type { ChatMessage } from '../api/scalars.js';
import { useMessages } from '../messages/messages.js';
import { Button } from './button.js';
import styles from './conversation.module.css';
import { Markdown } from './markdown.js';
import { messageParts } from './message-parts.js';
import { commonMessages } from './messages.js';
import { TextBlock, VisibleText } from './text-block.js';

/** Messages at the end that are shown before somebody asks for the earlier ones. */
const SHOWN_MESSAGES = 6;
/** A longer text stands as it is: drawing its Markdown would make the page wait. */
const MAX_MARKDOWN = 20_000;

export interface ConversationProps {
  readonly messages: readonly ChatMessage[];
  readonly systemPrompt?: string | null;
}

/** Who said what in a conversation with a model. Of a long one, the end; the rest when somebody asks for it. */
export function Conversation({ messages, systemPrompt }: ConversationProps) {
  const texts = useMessages(commonMessages);
  const [isWhole, setWhole] = useState(false);
  const hidden = isWhole ? 0 : Math.max(0, messages.length - SHOWN_MESSAGES);
  return (
    <div className={styles['conversation']}>
      {systemPrompt != null && (
        <details className={styles['system']}>
          <summary>{texts.systemPrompt}</summary>
          <TextBlock text={systemPrompt} />
        </details>
      )}
      {hidden > 0 && (
        <Button size="small" onClick={() => setWhole(true)}>
          {texts.earlierMessages(hidden)}
        </Button>
      )}
      {messages.slice(hidden).map((message, place) => (
        <MessageView key={hidden + place} message={message} />
      ))}
    </div>
  );
}

function MessageView({ message }: { readonly message: ChatMessage }) {
  const { roles } = useMessages(commonMessages);
  const { role, name } = message;
  return (
    <section className={styles['message']} data-role={role}>
      <h3 className={styles['role']}>
        {(Object.hasOwn(roles, role) ? roles[role] : undefined) ?? role}
        {name !== undefined && (
          <>
            {' · '}
            <VisibleText text={name} />
          </>
        )}
      </h3>
      {messageParts(message).map((part, place) =>
        part.kind === 'text' ? (
          <AnswerText key={place} text={part.text} />
        ) : (
          <div key={place} className={styles['part']}>
            {part.kind === 'call' && <strong>{part.name}</strong>}
            <TextBlock text={part.text} isCode />
          </div>
        ),
      )}
    </section>
  );
}

/** The text of a message or an answer: with its Markdown, unless it is very long. */
export function AnswerText({ text }: { readonly text: string }) {
  return text.length > MAX_MARKDOWN ? <TextBlock text={text} /> : <Markdown text={text} />;
}
