import { useApiQuery } from '../../api/hooks.js';
import { JudgementBadge, StatusBadge } from '../../components/badge.js';
import { Markdown } from '../../components/markdown.js';
import { Screen } from '../../components/screen.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/states.js';
import { TextBlock } from '../../components/text-block.js';
import { Time } from '../../components/time.js';
import { useMessages } from '../../messages/messages.js';
import type { RouteProps } from '../../router/routes.js';
import { EntryDocument } from './documents.generated.js';
import styles from './entry.module.css';
import { entryMessages } from './messages.js';

export default function EntryScreen({ parameters }: RouteProps<'entry'>) {
  const texts = useMessages(entryMessages);
  return (
    <Screen title={texts.title}>
      <EntryView id={parameters.id} />
    </Screen>
  );
}

function EntryView({ id }: { readonly id: string }) {
  const texts = useMessages(entryMessages);
  const answer = useApiQuery(EntryDocument, { id });
  if (answer.state === 'loading') return <Skeleton lines={8} height={20} />;
  if (answer.state === 'failed') return <ErrorState problem={answer.problem} retry={answer.retry} />;
  const entry = answer.data.feedback;
  if (entry == null) return <EmptyState title={texts.notFound}>{texts.notFoundAdvice}</EmptyState>;
  const sections = [
    [texts.question, <TextBlock key="question" text={entry.question} />],
    [texts.answer, <Markdown key="answer" text={entry.answer} />],
    ...(entry.correction == null ? [] : [[texts.correction, <Markdown key="correction" text={entry.correction} />]]),
    ...(entry.comment == null ? [] : [[texts.comment, <TextBlock key="comment" text={entry.comment} />]]),
  ];
  return (
    <article className={styles['entry']}>
      <p className={styles['facts']}>
        <JudgementBadge type={entry.type} />
        <StatusBadge status={entry.validationStatus} />
        <Time at={entry.createdAt} look="dateTime" />
      </p>
      {sections.map(([heading, content], place) => (
        <section key={place} className={styles['section']}>
          <h2>{heading}</h2>
          {content}
        </section>
      ))}
    </article>
  );
}
