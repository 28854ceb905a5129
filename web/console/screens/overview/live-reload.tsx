import { useCallback, useEffect, useRef } from 'react';
import { useLiveEvents } from '../../api/live.js';
import { OverviewReviewedDocument, OverviewSubmittedDocument } from './documents.generated.js';

/** The numbers are asked for anew this long after something has changed, so that a busy hour is one request in a while. */
const DELAY = 10_000;
const NO_FILTER = {};

/** Asks for the numbers again when entries arrive or are decided on. */
export function LiveReload({ reload }: { readonly reload: readonly (() => void)[] }) {
  const newest = useRef(reload);
  const timer = useRef<number>(undefined);
  useEffect(() => {
    newest.current = reload;
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  const schedule = useCallback(() => {
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      for (const each of newest.current) each();
    }, DELAY);
  }, []);
  useLiveEvents(OverviewSubmittedDocument, NO_FILTER, schedule);
  useLiveEvents(OverviewReviewedDocument, NO_FILTER, schedule);
  return null;
}
