import { useState } from 'react';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Field, Select } from '../../components/field.js';
import { commonMessages } from '../../components/messages.js';
import { useMessages } from '../../messages/messages.js';
import styles from './filter-dialog.module.css';
import { NO_FILTER, type ReviewFilter, SOURCES, TYPES } from './filter.js';
import { reviewMessages } from './messages.js';

const TEXT_FIELDS = ['adapter', 'model', 'tag', 'user', 'conversation'] as const;
const DAY_FIELDS = ['since', 'until'] as const;

export interface FilterDialogProps {
  readonly filter: ReviewFilter;
  readonly onApply: (filter: ReviewFilter) => void;
  readonly onClose: () => void;
}

/** Which entries to review; nothing changes before it is applied, as what is held is given back then. */
export function FilterDialog({ filter, onApply, onClose }: FilterDialogProps) {
  const texts = useMessages(reviewMessages);
  const { types } = useMessages(commonMessages);
  const [edited, setEdited] = useState(filter);
  const edit = (part: Partial<ReviewFilter>): void => setEdited({ ...edited, ...part });
  return (
    <Dialog
      title={texts.filterTitle}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onClick={() => onApply(NO_FILTER)}>{texts.clearFilter}</Button>
          <Button look="primary" type="submit" form="review-filter">
            {texts.apply}
          </Button>
        </>
      }
    >
      <form
        id="review-filter"
        className={styles['fields']}
        onSubmit={(event) => {
          event.preventDefault();
          onApply(edited);
        }}
      >
        <Field
          label={texts.fields.q}
          value={edited.q}
          maxLength={500}
          onChange={({ target }) => edit({ q: target.value })}
        />
        <Select
          label={texts.fields.type}
          value={edited.type ?? 'ANY'}
          options={[{ value: 'ANY', label: texts.anyValue }, ...TYPES.map((value) => ({ value, label: types[value] }))]}
          onChange={(value) => edit({ type: TYPES.find((known) => known === value) })}
        />
        {TEXT_FIELDS.map((name) => (
          <Field
            key={name}
            label={texts.fields[name]}
            value={edited[name]}
            onChange={({ target }) => edit({ [name]: target.value })}
          />
        ))}
        <Select
          label={texts.fields.source}
          value={edited.source ?? 'ANY'}
          options={[
            { value: 'ANY', label: texts.anyValue },
            ...SOURCES.map((value) => ({ value, label: texts.sources[value] })),
          ]}
          onChange={(value) => edit({ source: SOURCES.find((known) => known === value) })}
        />
        {DAY_FIELDS.map((name) => (
          <Field
            key={name}
            type="date"
            label={texts.fields[name]}
            value={edited[name] ?? ''}
            onChange={({ target }) => edit({ [name]: target.value === '' ? undefined : target.value })}
          />
        ))}
      </form>
    </Dialog>
  );
}
