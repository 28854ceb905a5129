import type { ReactNode } from 'react';
import { Badge } from '../../components/badge.js';
import { TextBlock } from '../../components/text-block.js';
import { Time } from '../../components/time.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { routePath } from '../../router/routes.js';
import { useSession } from '../../session/session.js';
import type { Entry } from './entry-data.js';
import styles from './fields.module.css';
import { entryMessages } from './messages.js';

/** Everything that is known of the entry, beside its texts. Ids lead to what else has them. */
export function Fields({ entry }: { readonly entry: Entry }) {
  const { fields, sources, verdicts, used, heldBy } = useMessages(entryMessages);
  const { can } = useSession();
  const format = useFormat();
  const listOf = (name: string, value: string | null | undefined): ReactNode =>
    value == null ? null : (
      <Link href={routePath('feedback', {}, `?${new URLSearchParams({ [name]: value })}`)}>{value}</Link>
    );
  const json = (value: object | null | undefined): ReactNode =>
    value == null ? null : <TextBlock text={JSON.stringify(value, undefined, 2)} clamp={400} isCode />;
  const { review, reviewClaim, findings, trainingBatchId, scores } = entry;
  const rows: readonly (readonly [name: string, value: ReactNode])[] = [
    [fields.id, <code key="id">{entry.id}</code>],
    [fields.submitted, <Time key="submitted" at={entry.createdAt} look="dateTime" />],
    [fields.changed, entry.version > 1 && <Time at={entry.updatedAt} look="dateTime" />],
    [fields.version, entry.version],
    [fields.user, listOf('user', entry.userId)],
    [fields.submittedBy, entry.submittedBy],
    [fields.source, entry.source == null ? null : sources[entry.source]],
    [
      fields.tags,
      (entry.tags ?? []).length > 0 && (
        <span className={styles['tags']}>
          {entry.tags?.map((tag) => (
            <Badge key={tag} wraps>
              {tag}
            </Badge>
          ))}
        </span>
      ),
    ],
    [
      fields.scores,
      scores == null
        ? null
        : Object.entries(scores).map(([name, value]) => (
            <div key={name}>
              {name}: {typeof value === 'number' ? format.number(value) : String(value)}
            </div>
          )),
    ],
    [fields.validation, entry.validationReasons.length > 0 && format.list(entry.validationReasons)],
    [
      fields.findings,
      findings.length > 0 &&
        findings.map(({ plugin, verdict, confidence }) => (
          <div key={plugin}>
            {plugin}: {verdict}
            {confidence != null && ` (${format.percent(confidence)})`}
          </div>
        )),
    ],
    [
      fields.review,
      review != null && (
        <>
          {verdicts[review.verdict]} · {review.reviewer} · <Time at={review.at} />
          {review.reason != null && <TextBlock text={review.reason} clamp={400} />}
        </>
      ),
    ],
    [
      fields.claim,
      reviewClaim != null && new Date(reviewClaim.until) > new Date() && (
        <>
          {reviewClaim.reviewer} · <Time at={reviewClaim.until} />
        </>
      ),
    ],
    [
      fields.training,
      trainingBatchId > 0 && (
        <>
          {entry.usedForTraining ? used : heldBy}{' '}
          {can('training:read') ? (
            <Link href={routePath('batch', { number: String(trainingBatchId) })}>{trainingBatchId}</Link>
          ) : (
            trainingBatchId
          )}
        </>
      ),
    ],
    [
      fields.adapter,
      entry.adapterId != null && (
        <>
          {can('adapters:read') ? (
            <Link href={routePath('adapter', { id: entry.adapterId })}>{entry.adapterId}</Link>
          ) : (
            entry.adapterId
          )}
          {entry.adapterVersion != null && ` ${entry.adapterVersion}`}
        </>
      ),
    ],
    [fields.model, listOf('model', entry.modelVersion)],
    [fields.conversation, listOf('conversation', entry.conversationId)],
    [fields.interaction, listOf('interaction', entry.interactionId)],
    [fields.response, entry.responseId],
    [fields.trace, entry.traceId],
    [fields.span, entry.spanId],
    [fields.external, entry.externalId],
    [fields.metadata, json(entry.metadata)],
    [fields.tools, (entry.tools ?? []).length > 0 && json(entry.tools)],
  ];
  return (
    <dl className={styles['fields']}>
      {rows
        .filter(([, value]) => value !== null && value !== undefined && value !== false && value !== '')
        .map(([name, value]) => (
          <div key={name} className={styles['row']}>
            <dt>{name}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
