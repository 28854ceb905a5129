import { useState } from 'react';
import { Field } from '../../components/field.js';
import { FormDialog } from '../../components/form-dialog.js';
import { useMessages } from '../../messages/messages.js';
import styles from './dialogs.module.css';
import { feedbackMessages } from './messages.js';
import type { View } from './views.js';

export type ViewTask = { readonly kind: 'save' } | { readonly kind: 'rename' | 'delete'; readonly view: View };

export interface ViewDialogProps {
  readonly task: ViewTask;
  /** @returns whether it was done; if not, the dialog stays with what was typed */
  readonly run: (task: ViewTask, name: string, isShared: boolean) => Promise<boolean>;
  readonly onClose: () => void;
}

/** Asks for what saving, renaming or deleting a view needs. */
export function ViewDialog({ task, run, onClose }: ViewDialogProps) {
  const texts = useMessages(feedbackMessages);
  const [name, setName] = useState(task.kind === 'save' ? '' : task.view.name);
  const [isShared, setShared] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const submit = async (): Promise<void> => {
    if (name.trim() === '') {
      setError(texts.valueMissing);
      return;
    }
    setBusy(true);
    const isDone = await run(task, name.trim(), isShared);
    setBusy(false);
    if (isDone) onClose();
  };
  const { title, action } = {
    save: { title: texts.saveView, action: texts.save },
    rename: { title: texts.renameView, action: texts.rename },
    delete: { title: texts.deleteView, action: texts.delete },
  }[task.kind];
  return (
    <FormDialog
      title={title.replace(/ …$/, '')}
      action={action}
      look={task.kind === 'delete' ? 'danger' : 'primary'}
      isBusy={isBusy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {task.kind === 'delete' ? (
        <p>{texts.deleteAdvice(task.view.name)}</p>
      ) : (
        <Field
          label={texts.viewName}
          value={name}
          maxLength={200}
          data-autofocus
          error={error}
          onChange={({ target }) => setName(target.value)}
        />
      )}
      {task.kind === 'save' && (
        <label className={styles['check']}>
          <input type="checkbox" checked={isShared} onChange={({ target }) => setShared(target.checked)} />
          {texts.viewShared}
        </label>
      )}
    </FormDialog>
  );
}
