import { useState } from 'react';
import { Field, Select } from '../../components/field.js';
import { FormDialog } from '../../components/form-dialog.js';
import { useMessages } from '../../messages/messages.js';
import type { FacetsProps } from './facets.js';
import { feedbackMessages } from './messages.js';
import { parseCondition } from './score-condition.js';

const NAMES = ['adapter', 'adapterVersion', 'user', 'conversation', 'interaction', 'tag', 'model', 'score'] as const;
type Name = (typeof NAMES)[number];

/** Narrows the list to a value that is written, where a facet does not list it. */
export function AddFilter({ search, onChange, onClose }: FacetsProps & { readonly onClose: () => void }) {
  const texts = useMessages(feedbackMessages);
  const [name, setName] = useState<Name>('adapter');
  const [value, setValue] = useState('');
  const [error, setError] = useState<string>();
  const apply = (): void => {
    if (value.trim() === '') {
      setError(texts.valueMissing);
      return;
    }
    if (name === 'score') {
      if (parseCondition(value) === undefined) {
        setError(texts.scoreWrong);
        return;
      }
      onChange({ score: [...new Set([...search.score, value.trim()])] });
    } else onChange({ [name]: value });
    onClose();
  };
  return (
    <FormDialog title={texts.addFilter} action={texts.apply} onSubmit={apply} onClose={onClose}>
      <Select
        label={texts.filterBy}
        value={name}
        options={NAMES.map((each) => ({ value: each, label: texts.filterNames[each] }))}
        onChange={(chosen) => {
          setName(chosen);
          setError(undefined);
        }}
      />
      <Field
        data-autofocus
        label={texts.filterValue}
        value={value}
        dir="auto"
        error={error}
        hint={name === 'score' ? texts.scoreHint : undefined}
        onChange={({ target }) => setValue(target.value)}
      />
    </FormDialog>
  );
}
