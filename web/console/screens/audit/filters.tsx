import { useEffect, useState } from 'react';
import { Button } from '../../components/button.js';
import { Field, Select } from '../../components/field.js';
import { useMessages } from '../../messages/messages.js';
import type { NavigateOptions } from '../../router/location.js';
import { actionMessages, ACTIONS } from './actions.js';
import type { AuditSearch } from './audit.js';
import styles from './audit.module.css';
import { auditMessages } from './messages.js';

export interface AuditFiltersProps {
  readonly search: AuditSearch;
  readonly change: (part: Partial<AuditSearch>, options?: NavigateOptions) => void;
  readonly isFiltered: boolean;
}

/** How long somebody has to pause while typing before it is searched; ms. */
const PAUSE = 250;

export function AuditFilters({ search, change, isFiltered }: AuditFiltersProps) {
  const texts = useMessages(auditMessages);
  const actions = useMessages(actionMessages);
  return (
    <div role="search" aria-label={texts.filters} className={styles['filters']}>
      <TypedField label={texts.actor} value={search.actor} onChange={(actor) => change({ actor }, { replace: true })} />
      <Select
        label={texts.action}
        value={search.action ?? 'ALL'}
        options={[
          { value: 'ALL', label: texts.anyAction },
          ...ACTIONS.map((value) => ({ value, label: actions[value] })),
        ]}
        onChange={(value) => change({ action: ACTIONS.find((known) => known === value) })}
      />
      <TypedField label={texts.node} value={search.node} onChange={(node) => change({ node }, { replace: true })} />
      <Field
        label={texts.since}
        type="date"
        value={search.since ?? ''}
        onChange={({ target }) => change({ since: target.value || undefined })}
      />
      <Field
        label={texts.until}
        type="date"
        value={search.until ?? ''}
        onChange={({ target }) => change({ until: target.value || undefined })}
      />
      {isFiltered && (
        <Button onClick={() => change({ actor: '', node: '', action: undefined, since: undefined, until: undefined })}>
          {texts.clear}
        </Button>
      )}
    </div>
  );
}

interface TypedFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A text that counts once somebody pauses, and follows the address when that changes by itself. */
function TypedField({ label, value, onChange }: TypedFieldProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), PAUSE);
    return () => clearTimeout(timer);
    // A new function of the parent is no reason to wait anew.
  }, [typed, value]);
  return (
    <Field
      label={label}
      type="search"
      spellCheck={false}
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
    />
  );
}
