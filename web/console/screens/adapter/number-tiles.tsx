import { positiveShare } from '../../components/share-color.js';
import { Tile, Tiles } from '../../components/tile.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { feedbackHref, type FeedbackLink } from '../../router/links.js';
import { useSession } from '../../session/session.js';
import type { Adapter } from './adapter.js';
import { adapterMessages } from './messages.js';

/** The adapter in numbers; each leads to the entries that it counts. */
export function NumberTiles({ adapter: { id, stats, preferences } }: { readonly adapter: Adapter }) {
  const texts = useMessages(adapterMessages);
  const format = useFormat();
  const { can } = useSession();
  const hrefOf = (link: FeedbackLink): string | undefined =>
    can('feedback:read') ? feedbackHref({ adapterId: id, ...link }) : undefined;
  const share = positiveShare(stats);
  const { wonCount, lostCount, tiedCount, winRate, winRateLow, winRateHigh } = preferences;
  const hasRange = winRateLow !== null && winRateHigh !== null;
  return (
    <Tiles label={texts.numbers}>
      <Tile
        label={texts.share}
        value={share === undefined ? '–' : format.percent(share)}
        hint={texts.shareHint(stats.positiveCount, stats.negativeCount)}
      />
      <Tile
        label={texts.entries}
        value={format.number(stats.totalFeedback)}
        {...(stats.preferenceCount > 0 && { hint: texts.entriesHint(stats.preferenceCount) })}
        href={hrefOf({})}
      />
      <Tile
        label={texts.approved}
        value={format.number(stats.approvedCount)}
        hint={texts.approvedHint(stats.rejectedCount)}
        href={hrefOf({ status: 'APPROVED' })}
      />
      <Tile
        label={texts.waiting}
        value={format.number(stats.flaggedCount + stats.pendingValidation)}
        hint={texts.waitingHint(stats.flaggedCount, stats.pendingValidation)}
        href={hrefOf({ status: 'FLAGGED' })}
      />
      {winRate !== null && (
        <Tile
          label={texts.wins}
          value={format.percent(winRate)}
          hint={[
            texts.winsHint(wonCount, lostCount, tiedCount),
            ...(hasRange ? [texts.winsRange(format.percent(winRateLow), format.percent(winRateHigh))] : []),
          ].join('; ')}
        />
      )}
    </Tiles>
  );
}
