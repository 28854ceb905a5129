import { useId, useState } from 'react';
import { useApiMutation, useApiQuery } from '../../api/hooks.js';
import type { Outcome } from '../../api/problem.js';
import { Badge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { Field } from '../../components/field.js';
import { commonMessages } from '../../components/messages.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/states.js';
import { Time } from '../../components/time.js';
import { showToast } from '../../components/toasts.js';
import { useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { routePath } from '../../router/routes.js';
import { useSession } from '../../session/session.js';
import styles from './adapters.module.css';
import {
  EntryLearnersDocument,
  EntryLinksDocument,
  LinkEntryDocument,
  UnlinkEntryDocument,
} from './documents.generated.js';
import { entryMessages } from './messages.js';

/** The adapters that the entry is about, and those that have learned from it. */
export function Adapters({ id }: { readonly id: string }) {
  const texts = useMessages(entryMessages);
  const { can } = useSession();
  return (
    <div className={styles['adapters']}>
      <section className={styles['part']} aria-label={texts.links}>
        <h2>{texts.links}</h2>
        <Links id={id} />
      </section>
      {can('training:read') && (
        <section className={styles['part']} aria-label={texts.learners}>
          <h2>{texts.learners}</h2>
          <Learners id={id} />
        </section>
      )}
    </div>
  );
}

function Links({ id }: { readonly id: string }) {
  const texts = useMessages(entryMessages);
  const { problems } = useMessages(commonMessages);
  const { can } = useSession();
  const links = useApiQuery(EntryLinksDocument, { id });
  const link = useApiMutation(LinkEntryDocument);
  const unlink = useApiMutation(UnlinkEntryDocument);
  const form = useId();
  const [adapterId, setAdapterId] = useState('');
  const [isBusy, setBusy] = useState(false);
  if (links.state === 'loading') return <Skeleton lines={3} />;
  if (links.state === 'failed') return <ErrorState problem={links.problem} retry={links.retry} />;
  const edges = links.data.feedback?.adapters.edges ?? [];
  /** @returns whether it was done; if not, what was typed stays */
  const tell = (outcome: Outcome<unknown>, done: string): boolean => {
    if (outcome.ok) showToast({ text: done });
    else {
      const { kind, details } = outcome.problem;
      showToast({ text: [problems[kind][0], details ?? problems[kind][1]].join('. '), tone: 'negative' });
    }
    return outcome.ok;
  };
  const add = async (): Promise<void> => {
    if (adapterId.trim() === '') return;
    setBusy(true);
    if (tell(await link({ id, adapterId: adapterId.trim() }), texts.linked)) setAdapterId('');
    setBusy(false);
  };
  return (
    <>
      {edges.length === 0 && <p className={styles['none']}>{texts.noLinks}</p>}
      <ul className={styles['links']}>
        {edges.map(({ node, adapterVersion, outcome, createdAt }) => (
          <li key={node.id} className={styles['link']}>
            <Link href={routePath('adapter', { id: node.id })}>{node.id}</Link>
            {adapterVersion != null && <span>{adapterVersion}</span>}
            {outcome != null && (
              <Badge tone={outcome === 'WON' ? 'positive' : 'neutral'}>{texts.outcomes[outcome]}</Badge>
            )}
            {createdAt != null && <Time at={createdAt} />}
            {can('feedback:link') && (
              <Button
                look="quiet"
                size="small"
                aria-label={texts.unlinkFrom(node.id)}
                onClick={() => void unlink({ id, adapterId: node.id }).then((done) => tell(done, texts.unlinked))}
              >
                {texts.unlink}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {can('feedback:link') && (
        <form
          id={form}
          className={styles['form']}
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <Field label={texts.linkTo} value={adapterId} onChange={({ target }) => setAdapterId(target.value)} />
          <Button type="submit" disabled={isBusy}>
            {texts.link}
          </Button>
        </form>
      )}
    </>
  );
}

function Learners({ id }: { readonly id: string }) {
  const texts = useMessages(entryMessages);
  const learners = useApiQuery(EntryLearnersDocument, { id }, { refreshes: true });
  if (learners.state === 'loading') return <Skeleton lines={3} />;
  if (learners.state === 'failed') return <ErrorState problem={learners.problem} retry={learners.retry} />;
  const { edges, totalCount } = learners.data.feedback?.trainedAdapters ?? { edges: [], totalCount: 0 };
  if (edges.length === 0) return <EmptyState title={texts.noLearners}>{texts.noLearnersAdvice}</EmptyState>;
  return (
    <>
      <ul className={styles['links']}>
        {edges.map(({ node, depth }) => (
          <li key={node.id} className={styles['link']}>
            <Link href={routePath('adapter', { id: node.id })}>{node.id}</Link>
            <span>{depth === 0 ? texts.trainedOnIt : texts.derivedFrom(depth)}</span>
          </li>
        ))}
      </ul>
      {totalCount > edges.length && <p className={styles['none']}>{texts.more(totalCount - edges.length)}</p>}
    </>
  );
}
