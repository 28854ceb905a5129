import { Badge, type Tone } from '../../components/badge.js';
import { ErrorState, Skeleton } from '../../components/states.js';
import { TextBlock } from '../../components/text-block.js';
import { useMessages } from '../../messages/messages.js';
import { useSession } from '../../session/session.js';
import type { ContextState } from './contexts.js';
import { FactList } from './fact-list.js';
import styles from './findings-panel.module.css';
import { HistoryList } from './history-list.js';
import { reviewMessages } from './messages.js';
import type { Entry } from './queue.js';
import { Section } from './section.js';
import { SimilarList, type SimilarListProps } from './similar-list.js';

export interface FindingsPanelProps extends Pick<SimilarListProps, 'onUse'> {
  readonly entry: Entry;
  /** What is known besides what the entry says. */
  readonly known: ContextState;
}

/** What is known about an entry beside its texts: why it waits, who sent it, what is like it, what happened to it. */
export function FindingsPanel({ entry, known, onUse }: FindingsPanelProps) {
  const texts = useMessages(reviewMessages);
  const withSimilar = useSession().can('feedback:read');
  const context = known.state === 'ready' ? known.context : undefined;
  return (
    <div className={styles['panel']}>
      <Section title={texts.whyFlagged}>
        {entry.validationReasons.length === 0 ? (
          <p className={styles['none']}>{texts.noReasons}</p>
        ) : (
          <ul className={styles['reasons']}>
            {entry.validationReasons.map((reason) => (
              <li key={reason}>
                <TextBlock text={reason} clamp={400} />
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section title={texts.plugins}>
        <Findings findings={entry.findings} />
      </Section>
      <Section title={texts.submission}>
        <FactList entry={entry} />
      </Section>
      {known.state === 'failed' ? (
        <ErrorState problem={known.problem} retry={known.retry} />
      ) : known.state === 'loading' ? (
        <Skeleton lines={5} height={18} />
      ) : (
        <>
          {withSimilar && (
            <Section title={texts.similar}>
              <SimilarList similar={context?.similar ?? []} onUse={onUse} />
            </Section>
          )}
          <Section title={texts.history}>
            <HistoryList events={(context?.audit.edges ?? []).map(({ node }) => node)} />
          </Section>
        </>
      )}
    </div>
  );
}

const VERDICT_TONES: Readonly<Record<string, Tone>> = {
  accept: 'positive',
  flag: 'caution',
  reject: 'negative',
  modify: 'info',
};

function Findings({ findings }: Pick<Entry, 'findings'>) {
  const texts = useMessages(reviewMessages);
  const verdicts: Readonly<Record<string, string | undefined>> = texts.pluginVerdicts;
  if (findings.length === 0) return <p className={styles['none']}>{texts.noFindings}</p>;
  return (
    <ul className={styles['findings']}>
      {findings.map(({ plugin, version, verdict, confidence, data }, place) => (
        <li key={place} className={styles['finding']}>
          <span className={styles['plugin']}>
            {plugin}
            {version !== null && <span className={styles['version']}> {version}</span>}
          </span>
          <Badge tone={VERDICT_TONES[verdict] ?? 'neutral'}>{verdicts[verdict] ?? verdict}</Badge>
          {confidence !== null && <span className={styles['confidence']}>{texts.confidence(confidence)}</span>}
          {data !== null && (
            <div className={styles['data']}>
              <TextBlock isCode clamp={400} text={JSON.stringify(data, null, 1)} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}
