import { useState } from 'react';
import { useApiMutation } from '../../api/hooks.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Field, TextArea } from '../../components/field.js';
import { commonMessages } from '../../components/messages.js';
import { useMessages } from '../../messages/messages.js';
import type { BatchActionProps } from './actions.js';
import styles from './batch.module.css';
import { dialogMessages } from './dialog-messages.js';
import { CommitBatchDocument } from './documents.generated.js';
import { StepProblem } from './step-problem.js';
import { useStep } from './use-step.js';

interface Metrics {
  readonly values: Readonly<Record<string, number>>;
  /** The first line that is none. */
  readonly wrong?: string;
}

function parseMetrics(text: string): Metrics {
  const values: Record<string, number> = {};
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [, name = '', digits = ''] = /^(.+?)\s*[=:]\s*(\S+)$/.exec(line.trim()) ?? [];
    const value = Number(digits);
    if (name === '' || digits === '' || !Number.isFinite(value)) return { values, wrong: line.trim() };
    values[name] = value;
  }
  return { values };
}

export function CommitDialog({ batch, isOpen, onClose, reload }: BatchActionProps) {
  const texts = useMessages(dialogMessages);
  const { cancel } = useMessages(commonMessages);
  const [draft, setDraft] = useState({ produced: '', version: '', base: batch.filter?.adapterId ?? '', metrics: '' });
  const [isTried, setIsTried] = useState(false);
  const send = useApiMutation(CommitBatchDocument);
  const { number } = batch;
  const metrics = parseMetrics(draft.metrics);
  const isValid = draft.produced.trim() !== '' && metrics.wrong === undefined;
  const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
  const step = useStep({
    work: () =>
      send({
        number,
        producedAdapter: draft.produced.trim(),
        version: orNull(draft.version),
        baseAdapter: orNull(draft.base),
        metrics: Object.keys(metrics.values).length === 0 ? null : metrics.values,
      }),
    done: texts.committed(number),
    reload,
    onClose,
  });
  const submit = (): void => {
    setIsTried(true);
    if (isValid) void step.run();
  };
  const field = (name: keyof typeof draft) => ({
    value: draft[name],
    spellCheck: false,
    onChange: ({ target }: { readonly target: { readonly value: string } }) =>
      setDraft({ ...draft, [name]: target.value }),
  });
  return (
    <Dialog
      title={texts.commitTitle(number)}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{cancel}</Button>
          <Button look="primary" disabled={step.isBusy} onClick={submit}>
            {texts.commitDo}
          </Button>
        </>
      }
    >
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p>{texts.commitText(batch.feedbackCount)}</p>
        <Field
          label={texts.produced}
          required
          error={isTried && draft.produced.trim() === '' ? texts.producedError : undefined}
          {...field('produced')}
        />
        <Field label={texts.version} {...field('version')} />
        <Field label={texts.base} hint={texts.baseHint} {...field('base')} />
        <TextArea
          label={texts.metrics}
          hint={texts.metricsHint}
          error={metrics.wrong === undefined ? undefined : texts.metricsError(metrics.wrong)}
          {...field('metrics')}
        />
        <StepProblem batch={batch} problem={step.problem} retry={submit} />
      </form>
    </Dialog>
  );
}
