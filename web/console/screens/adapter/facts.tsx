import { Badge } from '../../components/badge.js';
import { StageBadge } from '../../components/stage-badge.js';
import { VisibleText } from '../../components/text-block.js';
import { Time } from '../../components/time.js';
import { useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { routePath } from '../../router/routes.js';
import type { Adapter } from './adapter.js';
import styles from './adapter.module.css';
import { adapterMessages } from './messages.js';
import { promotionMessages } from './promotion-messages.js';

/** What was registered, in one line. */
export function Facts({ adapter }: { readonly adapter: Adapter }) {
  const texts = useMessages(adapterMessages);
  const stageTexts = useMessages(promotionMessages);
  const { version, baseModel, peftType, stage, stageChangedAt, stageVersion, updatedAt, derivedFrom } = adapter;
  // The name of a base model is an adapter's only if it was registered as one.
  const isAdapter = derivedFrom.edges.some(({ node }) => node.id === baseModel);
  return (
    <p className={styles['facts']}>
      {stage !== null && (
        <span>
          <StageBadge stage={stage} />{' '}
          {stageChangedAt !== null && (
            <>
              {stageTexts.since} <Time at={stageChangedAt} />
            </>
          )}
          {stageVersion !== null && stageVersion !== version && (
            <>
              {' '}
              {stageTexts.withVersion} <VisibleText text={stageVersion} />
            </>
          )}
        </span>
      )}
      {version !== null && (
        <Badge tone="info" wraps>
          {texts.version} <VisibleText text={version} />
        </Badge>
      )}
      {peftType !== null && <Badge wraps>{peftType}</Badge>}
      {baseModel !== null && (
        <span>
          {texts.baseModel}{' '}
          {isAdapter ? (
            <Link href={routePath('adapter', { id: baseModel })}>
              <VisibleText text={baseModel} />
            </Link>
          ) : (
            <VisibleText text={baseModel} />
          )}
        </span>
      )}
      <span>
        {texts.registered} <Time at={updatedAt} />
      </span>
    </p>
  );
}
