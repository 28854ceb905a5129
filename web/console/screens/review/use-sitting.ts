import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useApiMutation } from '../../api/hooks.js';
import { useApiLoader, useParting } from '../../api/load.js';
import type { Outcome } from '../../api/problem.js';
import { useSession } from '../../session/session.js';
import { holdPage } from './alone.js';
import {
  ClaimReviewsDocument,
  CurrentReviewEntryDocument,
  DecideReviewDocument,
  type FeedbackFilterInput,
  HeldReviewsDocument,
  ReleaseReviewClaimsDocument,
  RenewReviewClaimsDocument,
  SkipReviewsDocument,
  UndoReviewDocument,
} from './documents.generated.js';
import { type DraftStore, openDrafts } from './drafts.js';
import type { QueueState } from './queue.js';
import { createSitting, type ReviewServer, type Sitting } from './sitting.js';

/** How long a claim lasts unless somebody is active, minutes. */
export const LEASE_MINUTES = 10;
const LEASE = LEASE_MINUTES * 60_000;

function mapOutcome<From, To>(outcome: Outcome<From>, map: (data: From) => To): Outcome<To> {
  return outcome.ok ? { ok: true, data: map(outcome.data) } : outcome;
}

function useReviewServer(filter: FeedbackFilterInput): ReviewServer {
  const { userId } = useSession();
  const claim = useApiMutation(ClaimReviewsDocument);
  const renew = useApiMutation(RenewReviewClaimsDocument);
  const release = useParting(ReleaseReviewClaimsDocument);
  const held = useApiLoader(HeldReviewsDocument);
  const load = useApiLoader(CurrentReviewEntryDocument);
  const decide = useApiMutation(DecideReviewDocument);
  const undo = useApiMutation(UndoReviewDocument);
  const skip = useApiMutation(SkipReviewsDocument);
  return useMemo(
    () => ({
      claim: async ({ count, after = null, ids, isUnfiltered = false }) => {
        const outcome = await claim({
          count,
          minutes: LEASE_MINUTES,
          after,
          ...(!isUnfiltered && { filter }),
          ...(ids !== undefined && { ids: [...ids] }),
        });
        return mapOutcome(outcome, ({ claimReviews }) => claimReviews);
      },
      renew: async () =>
        mapOutcome(await renew({ minutes: LEASE_MINUTES }), ({ renewReviewClaims }) =>
          renewReviewClaims.claims.map(({ id }) => id),
        ),
      release: (ids) => (ids.length === 0 ? Promise.resolve() : release({ ids: [...ids] })),
      held: async () => mapOutcome(await held({}), ({ reviewClaims }) => reviewClaims.edges.map(({ node }) => node)),
      load: async (id) => mapOutcome(await load({ id }), ({ feedback }) => feedback),
      mayDecide: ({ reviewClaim }) =>
        reviewClaim === null || reviewClaim.reviewer === userId || Date.parse(reviewClaim.until) <= Date.now(),
      decide: async ({ id, version }, { idempotencyKey, ...decision }) => {
        const outcome = await decide(
          { id, expectedVersion: version, ...decision },
          { idempotencyKey, keepalive: true },
        );
        return mapOutcome(outcome, ({ reviewFeedback }) => reviewFeedback);
      },
      undo: async (id, expectedVersion) =>
        mapOutcome(await undo({ id, expectedVersion }), ({ undoReview }) => undoReview),
      skip: (id) => skip({ ids: [id] }),
    }),
    [filter, userId, claim, renew, release, held, load, decide, undo, skip],
  );
}

export interface SittingView {
  readonly sitting: Sitting;
  readonly queue: QueueState;
  readonly drafts: DraftStore;
}

/**
 * A sitting that lasts as long as the component is shown; what it holds is given back when the component or the page goes.
 * @param wanted the entry that the address names at the beginning
 */
export function useSitting(filter: FeedbackFilterInput, wanted: string | undefined): SittingView {
  const { userId } = useSession();
  const server = useReviewServer(filter);
  const [{ sitting, drafts, first }] = useState(() => {
    const opened = openDrafts(localStorage, userId);
    return {
      drafts: opened,
      sitting: createSitting({
        server,
        drafts: opened,
        now: Date.now,
        holdPage: () => holdPage(userId),
        lease: LEASE,
      }),
      first: wanted,
    };
  });
  useEffect(() => {
    void sitting.start(first);
    const leave = (): void => void sitting.leave();
    // A page that comes back out of the browser's memory has given back all that it shows.
    const comeBack = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) location.reload();
    };
    addEventListener('pagehide', leave);
    addEventListener('pageshow', comeBack);
    return () => {
      removeEventListener('pagehide', leave);
      removeEventListener('pageshow', comeBack);
      leave();
    };
  }, [sitting, first]);
  const queue = useSyncExternalStore(sitting.subscribe, sitting.state);
  return { sitting, queue, drafts };
}
