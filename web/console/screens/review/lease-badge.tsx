import { Badge } from '../../components/badge.js';
import { Tooltip } from '../../components/tooltip.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { reviewMessages } from './messages.js';
import { useTimeLeft } from './use-lease.js';

/** What is left of the claim on an entry. */
export function LeaseBadge({ heldUntil }: { readonly heldUntil: number }) {
  const texts = useMessages(reviewMessages);
  const format = useFormat();
  const left = useTimeLeft(heldUntil);
  const rounded = left > 120_000 ? Math.ceil(left / 60_000) * 60_000 : Math.ceil(left / 1_000) * 1_000;
  return (
    <Tooltip text={texts.heldHint}>
      <span>
        <Badge tone={left === 0 ? 'negative' : left <= 120_000 ? 'caution' : 'neutral'}>
          {left === 0 ? texts.lapsed : texts.heldFor(format.duration(rounded))}
        </Badge>
      </span>
    </Tooltip>
  );
}
