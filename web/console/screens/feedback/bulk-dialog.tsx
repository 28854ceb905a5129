import { useState } from 'react';
import { useClient } from 'urql';
import { useApiMutation } from '../../api/hooks.js';
import { type Problem, toProblem } from '../../api/problem.js';
import { FormDialog } from '../../components/form-dialog.js';
import { commonMessages } from '../../components/messages.js';
import { showToast } from '../../components/toasts.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { BulkFields, type BulkActionName, EMPTY_DRAFT, toChange } from './bulk-fields.js';
import { type BulkProgress, followBulk, undoBulk } from './bulk.js';
import styles from './dialogs.module.css';
import {
  BulkPreviewDocument,
  type BulkPreviewQuery,
  type BulkSelectionInput,
  StartBulkDocument,
} from './documents.generated.js';
import { feedbackMessages } from './messages.js';

type Preview = BulkPreviewQuery['previewBulkOperation'];

export interface BulkDialogProps {
  readonly action: BulkActionName;
  readonly selection: BulkSelectionInput;
  /** Called when entries have changed: after the operation, and after its undo. */
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** Changes the selected entries: first tells how many that touches, then how far it is, and in the end how to undo it. */
export function BulkDialog({ action, selection, onChanged, onClose }: BulkDialogProps) {
  const { bulk } = useMessages(feedbackMessages);
  const { close, problems } = useMessages(commonMessages);
  const format = useFormat();
  const client = useClient();
  const start = useApiMutation(StartBulkDocument);
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [preview, setPreview] = useState<Preview>();
  const [progress, setProgress] = useState<BulkProgress>();
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const change = toChange(action, draft);

  const tell = (failed: Problem): void =>
    void showToast({ text: `${problems[failed.kind][0]}. ${failed.details ?? ''}`, tone: 'negative' });
  const undo = async (id: string): Promise<void> => {
    const answer = await undoBulk(client, id);
    if ('problem' in answer) tell(answer.problem);
    else showToast({ text: bulk.undone(answer.operation.undo?.restored ?? 0) });
    onChanged();
  };
  const look = async (): Promise<void> => {
    if (change === undefined) return;
    const { data, error } = await client
      .query(BulkPreviewDocument, { selection, change }, { requestPolicy: 'network-only' })
      .toPromise();
    if (data === undefined) setProblem(error === undefined ? { kind: 'failed' } : toProblem(error));
    else setPreview(data.previewBulkOperation);
  };
  const run = async (expected: number): Promise<void> => {
    if (change === undefined) return;
    const outcome = await start({ selection, change, expected });
    if (!outcome.ok) {
      // Other entries match by now: what was read is not what would be done.
      setPreview(undefined);
      setProblem(outcome.problem);
      return;
    }
    const answer = await followBulk(client, outcome.data.startBulkOperation, setProgress);
    onChanged();
    onClose();
    if ('problem' in answer) {
      tell(answer.problem);
      return;
    }
    const { id, changed } = answer.operation;
    const text = bulk.done[action](changed);
    showToast(changed === 0 ? { text } : { text, action: { label: bulk.undo, run: () => void undo(id) } });
  };
  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    await (preview === undefined ? look() : run(preview.selected));
    setBusy(false);
  };
  const isStarted = progress !== undefined;
  return (
    <FormDialog
      title={bulk.titles[action]}
      action={isStarted ? undefined : preview === undefined ? bulk.preview : bulk.run[action](preview.changed)}
      isIncomplete={change === undefined || preview?.changed === 0}
      {...(isStarted && { leave: close })}
      isBusy={isBusy}
      problem={problem}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {isStarted ? (
        <>
          <p role="status">{bulk.progress(progress.done, progress.total)}</p>
          <progress
            className={styles['progress']}
            aria-label={bulk.titles[action]}
            max={Math.max(1, progress.total)}
            value={progress.done}
          />
          <p>{bulk.goesOn}</p>
        </>
      ) : (
        <BulkFields
          action={action}
          draft={draft}
          onChange={(part) => {
            setDraft({ ...draft, ...part });
            setPreview(undefined);
          }}
        />
      )}
      {preview !== undefined && !isStarted && (
        <div role="status">
          <p>{bulk.touched(preview.changed, preview.selected)}</p>
          <ul className={styles['skips']}>
            {preview.skipped.map(({ reason, count }) => (
              <li key={reason}>
                {format.number(count)}: {bulk.skips[reason]}
              </li>
            ))}
          </ul>
        </div>
      )}
    </FormDialog>
  );
}
