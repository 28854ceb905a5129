import { useCallback, useEffect, useMemo, useState } from 'react';
import { useApiQuery } from '../../api/hooks.js';
import { useLiveEvents } from '../../api/live.js';
import { type Pages, usePages } from '../../api/pages.js';
import { isUnderWay } from '../../components/training-state.js';
import {
  TrainingChangedDocument,
  TrainingPageDocument,
  type TrainingPageQuery,
  TrainingUnderWayDocument,
} from './documents.generated.js';

export type BatchRow = TrainingPageQuery['trainingBatches']['edges'][number]['node'];

export interface LiveBatches extends Pages<BatchRow> {
  /** How many batches in the state have been made since the list was loaded. */
  readonly fresh: number;
}

/** How often the server is asked how far it has come with what it is at work on; ms. */
const ASK_EVERY = 1_000;
const MAX_ASKED = 50;

/** The batches in a state. What changes is shown where it stands; new ones are counted until somebody asks for them. */
export function useLiveBatches(state: BatchRow['state'] | undefined): LiveBatches {
  const pages = usePages(
    TrainingPageDocument,
    useMemo(() => (state === undefined ? {} : { state }), [state]),
    ({ trainingBatches }) => trainingBatches,
  );
  const [changed, setChanged] = useState<ReadonlyMap<string, BatchRow>>(new Map());
  const change = useCallback((batches: readonly BatchRow[]) => {
    setChanged((before) => new Map([...before, ...batches.map((batch) => [batch.id, batch] as const)]));
  }, []);
  useLiveEvents(TrainingChangedDocument, {}, ({ trainingBatchChanged }) => change([trainingBatchChanged]));
  const { rows: loaded, reload } = pages;
  const rows = useMemo(() => loaded.map((row) => changed.get(row.id) ?? row), [loaded, changed]);
  useBatchesUnderWay(rows, change);
  const newest = loaded[0]?.number ?? 0;
  return {
    ...pages,
    rows,
    fresh: [...changed.values()].filter((batch) => batch.number > newest && (state ?? batch.state) === batch.state)
      .length,
    reload: useCallback(() => {
      setChanged(new Map());
      reload();
    }, [reload]),
  };
}

/** Asks for batches that the server is at work on until it is done: their last step is no event of its own. */
function useBatchesUnderWay(rows: readonly BatchRow[], change: (batches: readonly BatchRow[]) => void): void {
  const ids = rows
    .filter((row) => isUnderWay(row.state))
    .slice(0, MAX_ASKED)
    .map(({ id }) => id);
  const isBusy = ids.length > 0;
  const answer = useApiQuery(TrainingUnderWayDocument, { ids }, { pause: !isBusy, refreshes: true });
  const data = answer.state === 'ready' ? answer.data : undefined;
  const reload = answer.state === 'ready' ? answer.reload : undefined;
  useEffect(() => {
    if (data === undefined) return;
    change(data.nodes.filter((node): node is BatchRow => node != null && 'number' in node));
  }, [data, change]);
  useEffect(() => {
    if (!isBusy || reload === undefined) return;
    const timer = setInterval(reload, ASK_EVERY);
    return () => clearInterval(timer);
  }, [isBusy, reload]);
}
