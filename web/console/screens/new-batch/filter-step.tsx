import { Field, Select } from '../../components/field.js';
import { commonMessages } from '../../components/messages.js';
import { useMessages } from '../../messages/messages.js';
import { newBatchMessages } from './messages.js';
import styles from './new-batch.module.css';
import { type Draft, type DraftProblems, LINEAGES, ORDERS, TYPES } from './wizard.js';

export interface StepProps {
  readonly draft: Draft;
  readonly problems: DraftProblems;
  readonly change: (part: Partial<Draft>) => void;
}

/** A whole number as it is typed; what is none leaves the field as it was. */
export function toNumber(value: string, min: number): number | undefined {
  const number = Number(value);
  return value !== '' && Number.isSafeInteger(number) && number >= min ? number : undefined;
}

export function FilterStep({ draft, problems, change }: StepProps) {
  const texts = useMessages(newBatchMessages);
  const { types } = useMessages(commonMessages);
  return (
    <>
      <p className={styles['intro']}>{texts.filterIntro}</p>
      <div className={styles['fields']}>
        <Field
          label={texts.adapter}
          hint={texts.adapterHint}
          value={draft.adapter}
          spellCheck={false}
          onChange={({ target }) => change({ adapter: target.value })}
        />
        <Select
          label={texts.lineage}
          value={draft.lineage}
          options={LINEAGES.map((value) => ({ value, label: texts.lineages[value] }))}
          onChange={(lineage) => change({ lineage })}
        />
        <Select
          label={texts.type}
          value={draft.type ?? 'ALL'}
          options={[{ value: 'ALL', label: texts.anyType }, ...TYPES.map((value) => ({ value, label: types[value] }))]}
          onChange={(value) => change({ type: TYPES.find((known) => known === value) })}
        />
        <Field
          label={texts.model}
          value={draft.model}
          spellCheck={false}
          onChange={({ target }) => change({ model: target.value })}
        />
        <Field
          label={texts.tag}
          value={draft.tag}
          spellCheck={false}
          onChange={({ target }) => change({ tag: target.value })}
        />
        <Select
          label={texts.order}
          value={draft.order}
          options={ORDERS.map((value) => ({ value, label: texts.orders[value] }))}
          onChange={(order) => change({ order })}
        />
        <Field
          label={texts.since}
          type="date"
          value={draft.since ?? ''}
          onChange={({ target }) => change({ since: target.value || undefined })}
        />
        <Field
          label={texts.until}
          type="date"
          value={draft.until ?? ''}
          error={problems.has('until') ? texts.untilError : undefined}
          onChange={({ target }) => change({ until: target.value || undefined })}
        />
        <Field
          label={texts.limit}
          type="number"
          min={1}
          max={100_000}
          defaultValue={draft.limit}
          error={problems.has('limit') ? texts.limitError : undefined}
          onChange={({ target }) => {
            const limit = toNumber(target.value, 1);
            if (limit !== undefined) change({ limit });
          }}
        />
        <Field
          label={texts.perUser}
          hint={texts.perUserHint}
          type="number"
          min={0}
          max={100_000}
          defaultValue={draft.peruser}
          error={problems.has('peruser') ? texts.limitError : undefined}
          onChange={({ target }) => {
            const peruser = toNumber(target.value, 0);
            if (peruser !== undefined) change({ peruser });
          }}
        />
      </div>
    </>
  );
}
