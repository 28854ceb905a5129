import { useApiQuery } from '../../api/hooks.js';
import { Skeleton } from '../../components/states.js';
import { VisibleText } from '../../components/text-block.js';
import { useMessages } from '../../messages/messages.js';
import type { Adapter } from './adapter.js';
import styles from './adapter.module.css';
import { AdaptersInProductionDocument } from './documents.generated.js';
import { promotionMessages } from './promotion-messages.js';

/** As many as the API takes. */
const MAX_RETIRED = 32;

export interface RetireOthersProps {
  readonly adapter: Adapter;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Which of the other adapters in production leave it by the same change; what it comes from is first. */
export function RetireOthers({ adapter: { id, derivedFrom }, chosen, onChange }: RetireOthersProps) {
  const texts = useMessages(promotionMessages);
  const answer = useApiQuery(AdaptersInProductionDocument, {}, { refreshes: 'always' });
  if (answer.state === 'loading') return <Skeleton lines={2} height={24} />;
  if (answer.state === 'failed') return <p role="status">{texts.retireFailed}</p>;
  const { edges, totalCount } = answer.data.adapters;
  const parents = new Set(derivedFrom.edges.map(({ node }) => node.id));
  const others = edges
    .map(({ node }) => node)
    .filter((each) => each.id !== id)
    .sort((one, other) => Number(parents.has(other.id)) - Number(parents.has(one.id)));
  if (others.length === 0) return null;
  return (
    <fieldset className={styles['retire']}>
      <legend>{texts.retire}</legend>
      <div className={styles['retireList']}>
        {others.map((each) => {
          const isChosen = chosen.includes(each.id);
          return (
            <label key={each.id} className={styles['force']}>
              <input
                type="checkbox"
                checked={isChosen}
                disabled={!isChosen && chosen.length >= MAX_RETIRED}
                onChange={({ target }) =>
                  onChange(target.checked ? [...chosen, each.id] : chosen.filter((other) => other !== each.id))
                }
              />
              <span>
                <VisibleText text={each.id} />
                {each.version !== null && (
                  <span className={styles['advice']}>
                    {' '}
                    <VisibleText text={each.version} />
                  </span>
                )}
              </span>
            </label>
          );
        })}
      </div>
      <p className={styles['advice']}>
        {totalCount > edges.length && `${texts.retireFirst(edges.length, totalCount)} `}
        {others.length > MAX_RETIRED && `${texts.retireMost(MAX_RETIRED)} `}
        {texts.retireAdvice}
      </p>
    </fieldset>
  );
}
