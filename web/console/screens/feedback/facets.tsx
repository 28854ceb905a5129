import { useState } from 'react';
import { Button } from '../../components/button.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import styles from './facets.module.css';
import type { ListSearch } from './filter.js';
import { feedbackMessages } from './messages.js';
import type { Counts } from './use-counts.js';
import { type FacetGroup, useFacets } from './use-facets.js';

/** Values that are shown before somebody asks for more. */
const SHOWN_VALUES = 7;

export interface FacetsProps {
  readonly search: ListSearch;
  readonly onChange: (part: Partial<ListSearch>) => void;
}

/** What the list can be narrowed to, each with how many entries that would leave. */
export function Facets({ search, onChange, counts }: FacetsProps & { readonly counts: Counts | undefined }) {
  const { noCounts } = useMessages(feedbackMessages);
  const groups = useFacets(search, onChange, counts);
  return (
    <div className={styles['facets']}>
      {search.q.trim() !== '' && <p className={styles['note']}>{noCounts}</p>}
      {groups.map((group) => (
        <FacetView key={group.name} group={group} />
      ))}
    </div>
  );
}

function FacetView({ group }: { readonly group: FacetGroup }) {
  const { moreValues, fewerValues } = useMessages(feedbackMessages);
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const { options } = group;
  if (options.length === 0) return null;
  const rest = options.length - SHOWN_VALUES;
  const shown = isOpen || rest <= 1 ? options : options.slice(0, SHOWN_VALUES);
  return (
    <section aria-label={group.label} className={styles['facet']}>
      <h2 className={styles['heading']}>{group.label}</h2>
      <ul>
        {shown.map(({ value, label, count, isSelected, run }) => (
          <li key={value}>
            <button
              type="button"
              aria-pressed={isSelected}
              data-empty={count === 0}
              className={styles['option']}
              onClick={run}
            >
              <span dir="auto" title={label} className={styles['value']}>
                {label}
              </span>
              {count !== undefined && (
                <span className={styles['count']} title={format.number(count)}>
                  {format.compact(count)}
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
      {rest > 1 && (
        <Button look="quiet" size="small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? fewerValues : moreValues(rest)}
        </Button>
      )}
    </section>
  );
}
