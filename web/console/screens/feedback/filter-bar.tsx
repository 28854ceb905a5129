import { useState } from 'react';
import { Button } from '../../components/button.js';
import { Field, Select } from '../../components/field.js';
import { Icon } from '../../components/icon.js';
import { commonMessages } from '../../components/messages.js';
import { useKeys } from '../../keys/keys.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { AddFilter } from './add-filter.js';
import type { FacetsProps } from './facets.js';
import styles from './filter-bar.module.css';
import { activeFilters, type FilterName, type ListSearch, NO_FILTER } from './filter.js';
import { feedbackMessages } from './messages.js';
import { isDay } from './moment.js';
import { SearchField } from './search-field.js';

export interface FilterBarProps {
  readonly search: ListSearch;
  readonly onChange: (part: Partial<ListSearch>, options?: { readonly replace: boolean }) => void;
  /** Opens the facets, where there is no room beside the list. */
  readonly onFacets: () => void;
}

/** Search, range of time and order, and each filter that is on as a button that takes it away. */
export function FilterBar({ search, onChange, onFacets }: FilterBarProps) {
  const texts = useMessages(feedbackMessages);
  const [isAdding, setAdding] = useState(false);
  useKeys({ f: { label: texts.addFilter, run: () => setAdding(true) } });
  return (
    <div className={styles['bar']}>
      <div className={styles['fields']}>
        <div className={styles['search']}>
          {/* One step back leads out of a search, not back through its letters. */}
          <SearchField value={search.q} onChange={(q) => onChange({ q }, { replace: search.q !== '' && q !== '' })} />
        </div>
        <div className={styles['days']}>
          <DayField label={texts.since} value={search.since} onChange={(since) => onChange({ since })} />
          <DayField label={texts.until} value={search.until} onChange={(until) => onChange({ until })} />
        </div>
        <Select
          label={texts.order}
          hidesLabel
          value={search.order}
          options={(['DESC', 'ASC'] as const).map((value) => ({ value, label: texts.orders[value] }))}
          onChange={(order) => onChange({ order })}
        />
        <span className={styles['narrow']}>
          <Button onClick={onFacets}>{texts.filters}</Button>
        </span>
        <Button onClick={() => setAdding(true)}>{texts.addFilter}</Button>
      </div>
      <Chips search={search} onChange={onChange} />
      {isAdding && <AddFilter search={search} onChange={onChange} onClose={() => setAdding(false)} />}
    </div>
  );
}

function DayField({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (day: string) => void;
}) {
  return (
    <label className={styles['day']}>
      <span>{label}</span>
      <Field
        type="date"
        label={label}
        hidesLabel
        value={value.slice(0, 10)}
        max="9999-12-31"
        onChange={({ target }) => {
          if (target.value === '' || isDay(target.value)) onChange(target.value);
        }}
      />
    </label>
  );
}

function Chips({ search, onChange }: FacetsProps) {
  const texts = useMessages(feedbackMessages);
  const { statuses, types } = useMessages(commonMessages);
  const format = useFormat();
  const names = activeFilters(search);
  if (names.length === 0) return null;
  const moment = (value: string): string => (isDay(value) ? format.date(`${value}T12:00:00Z`) : format.dateTime(value));
  const valueOf = (name: FilterName): string => {
    if (name === 'unused') return '';
    if (name === 'status' && search.status !== undefined) return statuses[search.status];
    if (name === 'type' && search.type !== undefined) return types[search.type];
    if (name === 'source' && search.source !== undefined) return texts.sources[search.source];
    const value = search[name];
    if (name === 'since' || name === 'until') return moment(String(value));
    return typeof value === 'object' ? format.list(value) : String(value);
  };
  return (
    <ul className={styles['chips']} aria-label={texts.filters}>
      {names.map((name) => {
        const value = valueOf(name);
        const label = value === '' ? texts.filterNames[name] : `${texts.filterNames[name]}: ${value}`;
        return (
          <li key={name}>
            <button
              type="button"
              className={styles['chip']}
              aria-label={texts.removeFilter(label)}
              title={texts.removeFilter(label)}
              onClick={() => onChange({ [name]: NO_FILTER[name] })}
            >
              <span dir="auto">{label}</span>
              <Icon name="close" size={10} />
            </button>
          </li>
        );
      })}
      <li>
        <Button look="quiet" size="small" onClick={() => onChange(NO_FILTER)}>
          {texts.clearFilters}
        </Button>
      </li>
    </ul>
  );
}
