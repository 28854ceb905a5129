import type { ReactNode } from 'react';
import { Badge, JudgementBadge } from '../../components/badge.js';
import { TextBlock } from '../../components/text-block.js';
import { Time } from '../../components/time.js';
import { useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { routePath } from '../../router/routes.js';
import { useSession } from '../../session/session.js';
import styles from './fact-list.module.css';
import { reviewMessages } from './messages.js';
import type { Entry } from './queue.js';

/** Who sent an entry, about what, and with which scores. */
export function FactList({ entry }: { readonly entry: Entry }) {
  const texts = useMessages(reviewMessages);
  const { can } = useSession();
  const { fields } = texts;
  const { adapterId, adapterVersion, tags, scores } = entry;
  const adapter = adapterId !== null && [adapterId, adapterVersion].filter((part) => part !== null).join(' ');
  const facts: readonly (readonly [label: string, value: ReactNode])[] = [
    [fields.type, <JudgementBadge key="type" type={entry.type} />],
    [texts.submitted, <Time key="time" at={entry.createdAt} look="dateTime" />],
    [fields.user, entry.userId],
    [
      fields.adapter,
      adapterId !== null && can('adapters:read') ? (
        <Link href={routePath('adapter', { id: adapterId })}>{adapter}</Link>
      ) : (
        adapter
      ),
    ],
    [fields.model, entry.modelVersion],
    [fields.source, entry.source === null ? null : texts.sources[entry.source]],
    [texts.submittersReason, entry.reason],
    [texts.comment, entry.comment === null ? null : <TextBlock key="comment" text={entry.comment} clamp={600} />],
    [
      fields.tag,
      tags === null || tags.length === 0 ? null : (
        <span className={styles['tags']}>
          {tags.map((tag) => (
            <Badge key={tag} wraps>
              {tag}
            </Badge>
          ))}
        </span>
      ),
    ],
    [texts.scores, scores === null ? null : <Scores key="scores" scores={scores} />],
  ];
  return (
    <dl className={styles['facts']}>
      {facts
        .filter(([, value]) => value !== null && value !== false)
        .map(([label, value]) => (
          <div key={label} className={styles['fact']}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Scores({ scores }: { readonly scores: Readonly<Record<string, unknown>> }) {
  return (
    <ul className={styles['scores']}>
      {Object.entries(scores).map(([name, value]) => (
        <li key={name}>
          {name}: <strong>{typeof value === 'string' ? value : JSON.stringify(value)}</strong>
        </li>
      ))}
    </ul>
  );
}
