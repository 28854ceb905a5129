import { useCallback, useEffect, useRef, useState } from 'react';
import { useLiveEvents } from '../../api/live.js';
import { Button } from '../../components/button.js';
import { Screen } from '../../components/screen.js';
import { IgnoredFilters, Skeleton } from '../../components/states.js';
import { useMessages } from '../../messages/messages.js';
import type { NavigateOptions } from '../../router/location.js';
import { useSession } from '../../session/session.js';
import type { Contexts } from './contexts.js';
import { Counters } from './counters.js';
import { DecisionBar } from './decision-bar.js';
import { type FeedbackFilterInput, ReviewedEntriesDocument } from './documents.generated.js';
import { EmptyQueue } from './empty-queue.js';
import { EntryPanel } from './entry-panel.js';
import { FilterDialog } from './filter-dialog.js';
import { countFilters, NO_FILTER, type ReviewFilter, type ReviewSearch } from './filter.js';
import { FindingsPanel } from './findings-panel.js';
import { reviewMessages } from './messages.js';
import { Panels } from './panels.js';
import { QueuePanel } from './queue-panel.js';
import { findItem, isDecidable, isOpen, needsReviewer } from './queue.js';
import type { Sitting } from './sitting.js';
import { useContexts } from './use-contexts.js';
import { useRenewal } from './use-lease.js';
import { useReviewKeys } from './use-review-keys.js';
import { useWorkbench, type Workbench } from './use-workbench.js';
import styles from './workbench.module.css';

/** More is claimed as soon as this few entries wait. */
const PREFETCH_AT = 4;

export interface ReviewWorkbenchProps {
  readonly filter: FeedbackFilterInput;
  readonly search: ReviewSearch;
  readonly change: (part: Partial<ReviewSearch>, options?: NavigateOptions) => void;
  readonly ignored: readonly string[];
}

export function ReviewWorkbench({ filter, search, change, ignored }: ReviewWorkbenchProps) {
  const texts = useMessages(reviewMessages);
  const { can } = useSession();
  const select = useCallback((entry: string) => change({ entry }, { replace: true }), [change]);
  const workbench = useWorkbench(filter, search.entry, select);
  const { sitting, queue, selected, draft } = workbench;
  const [isFiltering, setFiltering] = useState(false);
  const editor = useRef<HTMLTextAreaElement>(null);
  const region = useRef<HTMLElement>(null);
  // The address soon names the entry that is shown, and nothing that it does not know.
  const [ignoredAtFirst] = useState(ignored);
  const filters = countFilters(search);
  const applyFilter = (chosen: ReviewFilter): void => {
    setFiltering(false);
    change({ ...chosen, entry: '' });
  };
  useRenewal(sitting);
  useReviewKeys(workbench, editor);
  usePrefetching(workbench);
  const { contexts, shown } = useContexts(queue, selected?.entry.id);
  return (
    <Screen
      title={texts.title}
      fills
      actions={
        <>
          <Counters filter={filter} queue={queue} />
          <Button onClick={() => setFiltering(true)}>
            {filters === 0 ? texts.filter : texts.filterCount(filters)}
          </Button>
        </>
      }
    >
      <IgnoredFilters names={ignoredAtFirst} />
      {can('feedback:read') && <LiveReviews sitting={sitting} contexts={contexts} />}
      <p role="status" className="visually-hidden">
        {workbench.announcement}
      </p>
      <Panels
        shown={search.panel}
        onShow={(panel) => change({ panel }, { replace: true })}
        entryId={selected?.entry.id}
        region={region}
        contents={{
          queue: (
            <QueuePanel
              queue={queue}
              selectedId={selected?.entry.id}
              onSelect={(entry) => change({ entry, panel: 'entry' }, { replace: true })}
            />
          ),
          entry:
            selected === undefined ? (
              <div className={styles['empty']}>
                <EmptyQueue
                  queue={queue}
                  isFiltered={filters > 0}
                  onClaim={(takesSkipped) => void sitting.claimMore(takesSkipped)}
                  onClearFilter={() => applyFilter(NO_FILTER)}
                />
              </div>
            ) : (
              <EntryPanel
                key={selected.entry.id}
                item={selected}
                workbench={workbench}
                editor={editor}
                onLeaveEditor={() => region.current?.focus()}
              />
            ),
          findings:
            selected === undefined || shown === undefined ? (
              queue.isClaiming && <Skeleton lines={6} height={18} />
            ) : (
              <FindingsPanel
                key={selected.entry.id}
                entry={selected.entry}
                known={shown}
                onUse={
                  selected.entry.type !== 'PREFERENCE' && needsReviewer(selected)
                    ? (correction) => workbench.changeDraft({ ...draft, correction })
                    : undefined
                }
              />
            ),
        }}
        bar={
          <DecisionBar
            key={selected?.entry.id}
            isOpen={selected !== undefined && isDecidable(selected)}
            draft={draft}
            onDraft={workbench.changeDraft}
            onApprove={() => workbench.decide('APPROVE')}
            onReject={() => workbench.decide('REJECT')}
            onSkip={workbench.skip}
            onUndo={workbench.undo}
          />
        }
      />
      {isFiltering && <FilterDialog filter={search} onApply={applyFilter} onClose={() => setFiltering(false)} />}
    </Screen>
  );
}

/** Claims more before the last entry is done. */
function usePrefetching({ sitting, queue }: Workbench): void {
  const waiting = queue.items.filter(isOpen).length;
  const isLow = waiting <= PREFETCH_AT && queue.hasMore && !queue.isClaiming && queue.problem === undefined;
  const waitedBefore = useRef(0);
  useEffect(() => {
    // After the last one is asked once more: others may have come meanwhile.
    const hasFinished = waiting === 0 && waitedBefore.current > 0;
    waitedBefore.current = waiting;
    if (isLow || hasFinished) void sitting.claimMore();
  }, [sitting, isLow, waiting]);
}

/** Follows what others decide, so that nobody works on what is done. */
function LiveReviews({ sitting, contexts }: { readonly sitting: Sitting; readonly contexts: Contexts }) {
  useLiveEvents(ReviewedEntriesDocument, {}, ({ feedbackReviewed: { id, version } }) => {
    contexts.changed(id);
    const item = findItem(sitting.state(), id);
    if (item?.state.kind === 'open' && version > item.entry.version) void sitting.check(id);
  });
  return null;
}
