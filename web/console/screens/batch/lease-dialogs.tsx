import { useState } from 'react';
import { useApiMutation } from '../../api/hooks.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Field } from '../../components/field.js';
import { commonMessages } from '../../components/messages.js';
import { useMessages } from '../../messages/messages.js';
import type { BatchActionProps } from './actions.js';
import styles from './batch.module.css';
import { dialogMessages } from './dialog-messages.js';
import { ReleaseBatchDocument, RenewBatchDocument } from './documents.generated.js';
import { batchMessages } from './messages.js';
import { StepProblem } from './step-problem.js';
import { useStep } from './use-step.js';

const MAX_HOURS = 720;

export function RenewDialog({ batch, isOpen, onClose, reload }: BatchActionProps) {
  const texts = useMessages(dialogMessages);
  const { renew } = useMessages(batchMessages);
  const { cancel } = useMessages(commonMessages);
  const [hours, setHours] = useState('24');
  const send = useApiMutation(RenewBatchDocument);
  const { number } = batch;
  const isValid = /^\d{1,3}$/.test(hours) && Number(hours) >= 1 && Number(hours) <= MAX_HOURS;
  const step = useStep({
    work: () => send({ number, leaseMinutes: Number(hours) * 60 }),
    done: texts.renewed,
    reload,
    onClose,
  });
  return (
    <Dialog
      title={texts.renewTitle}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{cancel}</Button>
          <Button look="primary" disabled={step.isBusy || !isValid} onClick={() => void step.run()}>
            {renew}
          </Button>
        </>
      }
    >
      <div className={styles['form']}>
        <p>{texts.renewText}</p>
        <Field
          label={texts.hours}
          type="number"
          min={1}
          max={MAX_HOURS}
          value={hours}
          error={isValid ? undefined : texts.hoursError}
          onChange={({ target }) => setHours(target.value)}
        />
        <StepProblem batch={batch} problem={step.problem} retry={() => void step.run()} />
      </div>
    </Dialog>
  );
}

export function ReleaseDialog({ batch, isOpen, onClose, reload }: BatchActionProps) {
  const texts = useMessages(dialogMessages);
  const { cancel } = useMessages(commonMessages);
  const send = useApiMutation(ReleaseBatchDocument);
  const { number } = batch;
  const step = useStep({ work: () => send({ number }), done: texts.released(number), reload, onClose });
  return (
    <Dialog
      title={texts.releaseTitle(number)}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{cancel}</Button>
          <Button
            look="danger"
            disabled={step.isBusy || step.problem?.kind === 'conflict'}
            onClick={() => void step.run()}
          >
            {texts.releaseDo}
          </Button>
        </>
      }
    >
      <div className={styles['form']}>
        <p>{texts.releaseText(batch.feedbackCount)}</p>
        <StepProblem batch={batch} problem={step.problem} retry={() => void step.run()} />
      </div>
    </Dialog>
  );
}
