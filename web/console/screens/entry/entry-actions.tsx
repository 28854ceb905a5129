import { useState } from 'react';
import { useApiMutation } from '../../api/hooks.js';
import { Button } from '../../components/button.js';
import { commonMessages } from '../../components/messages.js';
import { showToast } from '../../components/toasts.js';
import { type KeyBindings, useKeys } from '../../keys/keys.js';
import { useMessages } from '../../messages/messages.js';
import { useSession } from '../../session/session.js';
import { ReopenEntryDocument } from './documents.generated.js';
import type { Entry } from './entry-data.js';
import { EraseDialog } from './erase-dialog.js';
import { entryMessages } from './messages.js';
import { ReviewDialog } from './review-dialog.js';
import { ReviseDialog } from './revise-dialog.js';

type Task = 'approve' | 'reject' | 'revise' | 'erase';

/** What the user may do with the entry, as buttons and keys. */
export function EntryActions({ entry }: { readonly entry: Entry }) {
  const texts = useMessages(entryMessages);
  const { problems } = useMessages(commonMessages);
  const { can, userId } = useSession();
  const [task, setTask] = useState<Task>();
  const reopen = useApiMutation(ReopenEntryDocument);
  const mayReview = can('feedback:review');
  const mayRevise = can('feedback:revise:own') && entry.submittedBy === userId;
  const mayReopen = mayReview && entry.review != null;
  const isDecided = entry.validationStatus === 'APPROVED' || entry.validationStatus === 'REJECTED';
  const undo = (): void => {
    void reopen({ id: entry.id, version: entry.version }).then((outcome) => {
      if (outcome.ok) showToast({ text: texts.reopened });
      else {
        const { kind, details } = outcome.problem;
        showToast({ text: [problems[kind][0], details ?? problems[kind][1]].join('. '), tone: 'negative' });
      }
    });
  };
  const keys: KeyBindings = {
    ...(mayReview && {
      a: { label: texts.approve, run: () => setTask('approve') },
      r: { label: texts.reject, run: () => setTask('reject') },
    }),
    ...(mayReopen && { u: { label: texts.reopen, run: undo } }),
    ...(mayRevise && { e: { label: texts.revise, run: () => setTask('revise') } }),
  };
  useKeys(keys);
  const close = (): void => setTask(undefined);
  const finish = (text: string) => (): void => {
    close();
    showToast({ text });
  };
  return (
    <>
      {mayReview && (
        <>
          <Button look={isDecided ? 'secondary' : 'primary'} onClick={() => setTask('approve')}>
            {texts.approve}
          </Button>
          <Button onClick={() => setTask('reject')}>{texts.reject}</Button>
        </>
      )}
      {mayReopen && <Button onClick={undo}>{texts.reopen}</Button>}
      {mayRevise && <Button onClick={() => setTask('revise')}>{texts.revise}</Button>}
      {can('feedback:erase') && (
        <Button look="danger" onClick={() => setTask('erase')}>
          {texts.erase}
        </Button>
      )}
      {(task === 'approve' || task === 'reject') && (
        <ReviewDialog
          entry={entry}
          verdict={task === 'approve' ? 'APPROVE' : 'REJECT'}
          onDone={finish(task === 'approve' ? texts.approved : texts.rejected)}
          onClose={close}
        />
      )}
      {task === 'revise' && <ReviseDialog entry={entry} onDone={finish(texts.saved)} onClose={close} />}
      {task === 'erase' && <EraseDialog entry={entry} onClose={close} />}
    </>
  );
}
