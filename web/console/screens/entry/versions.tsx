import { useApiQuery } from '../../api/hooks.js';
import { usePages } from '../../api/pages.js';
import { StatusBadge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { DiffText } from '../../components/diff-text.js';
import { Select } from '../../components/field.js';
import { MoreRows } from '../../components/more-rows.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/states.js';
import { Time } from '../../components/time.js';
import { useMessages } from '../../messages/messages.js';
import { documentDiff, toText } from './document-diff.js';
import { EntryVersionPairDocument, EntryVersionsDocument } from './documents.generated.js';
import type { Entry } from './entry-data.js';
import styles from './history.module.css';
import { entryMessages } from './messages.js';
import { comparedVersions, type EntrySearch } from './search.js';

export interface VersionsProps {
  readonly entry: Entry;
  readonly search: EntrySearch;
  readonly onChange: (part: Partial<EntrySearch>) => void;
}

/** All versions as a timeline, and the differences between any two. */
export function Versions({ entry, search, onChange }: VersionsProps) {
  const texts = useMessages(entryMessages);
  const pages = usePages(EntryVersionsDocument, { id: entry.id }, ({ feedback }) => feedback?.versions);
  const [from, to] = comparedVersions(search, entry.version);
  if (pages.isLoading) return <Skeleton lines={6} height={24} />;
  if (pages.rows.length === 0 && pages.problem !== undefined) {
    return <ErrorState problem={pages.problem} retry={pages.reload} />;
  }
  const numbers = Array.from({ length: entry.version }, (_, place) => String(entry.version - place)).slice(0, 1_000);
  const options = numbers.map((value) => ({ value, label: texts.versionNumber(Number(value)) }));
  return (
    <div className={styles['versions']}>
      <ol className={styles['timeline']} aria-label={texts.tabs.versions}>
        {pages.rows.map(({ version, updatedAt, validationStatus }) => (
          <li key={version}>
            <button
              type="button"
              className={styles['version']}
              aria-pressed={version === to}
              onClick={() => onChange({ from: 0, to: version === entry.version ? 0 : version })}
            >
              <strong>{texts.versionNumber(version)}</strong>
              <StatusBadge status={validationStatus} />
              <Time at={updatedAt} look="dateTime" />
            </button>
          </li>
        ))}
        {pages.hasMore && pages.problem === undefined && (
          <li>
            <Button size="small" onClick={pages.loadMore}>
              {texts.olderVersions}
            </Button>
          </li>
        )}
        <li>
          <MoreRows problem={pages.problem} isLoading={pages.isLoadingMore} onRetry={pages.reload} />
        </li>
      </ol>
      <div className={styles['comparison']}>
        {entry.version === 1 ? (
          <EmptyState title={texts.oneVersion}>{texts.oneVersionAdvice}</EmptyState>
        ) : (
          <>
            <div className={styles['pair']}>
              <Select
                label={texts.compareFrom}
                value={String(from)}
                options={options}
                onChange={(value) => onChange({ from: Number(value), to })}
              />
              <Select
                label={texts.compareTo}
                value={String(to)}
                options={options}
                onChange={(value) => onChange({ from, to: Number(value) })}
              />
            </div>
            <Comparison id={entry.id} from={from} to={to} />
          </>
        )}
      </div>
    </div>
  );
}

function Comparison({ id, from, to }: { readonly id: string; readonly from: number; readonly to: number }) {
  const texts = useMessages(entryMessages);
  const pair = useApiQuery(EntryVersionPairDocument, { id, from, to });
  if (pair.state === 'loading') return <Skeleton lines={4} height={24} />;
  if (pair.state === 'failed') return <ErrorState problem={pair.problem} retry={pair.retry} />;
  const differences = documentDiff(pair.data.from?.document ?? {}, pair.data.to?.document ?? {});
  if (differences.length === 0) return <EmptyState title={texts.noDifference}>{texts.noDifferenceAdvice}</EmptyState>;
  return differences.map(({ name, before, after }) => (
    <section key={name} aria-label={texts.documentFields[name] ?? name} className={styles['difference']}>
      <h2>{texts.documentFields[name] ?? name}</h2>
      <DiffText before={toText(before)} after={toText(after)} />
    </section>
  ));
}
