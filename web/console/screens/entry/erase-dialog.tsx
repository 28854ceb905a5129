import { useState } from 'react';
import { useApiMutation, useApiQuery } from '../../api/hooks.js';
import { Field } from '../../components/field.js';
import { Skeleton } from '../../components/states.js';
import { showToast } from '../../components/toasts.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { navigate } from '../../router/location.js';
import { routePath } from '../../router/routes.js';
import { useSession } from '../../session/session.js';
import { ChangeDialog } from './change-dialog.js';
import { EntryLearnersDocument, EraseEntryDocument } from './documents.generated.js';
import type { Entry } from './entry-data.js';
import styles from './erase-dialog.module.css';
import { entryMessages } from './messages.js';

/** How many characters at the end of the id confirm an erasure. */
const TYPED = 6;
/** Adapters that are named; of more, the number stands alone. */
const NAMED = 5;

export interface EraseDialogProps {
  readonly entry: Entry;
  readonly onClose: () => void;
}

/** Erases the entry once somebody has read what that means, and has typed the end of its id. */
export function EraseDialog({ entry, onClose }: EraseDialogProps) {
  const texts = useMessages(entryMessages);
  const format = useFormat();
  const { can } = useSession();
  const erase = useApiMutation(EraseEntryDocument);
  const learners = useApiQuery(
    EntryLearnersDocument,
    { id: entry.id },
    { pause: !can('training:read'), refreshes: true },
  );
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const expected = entry.id.slice(-TYPED);
  const trained = learners.state === 'ready' ? learners.data.feedback?.trainedAdapters : undefined;
  const names = (trained?.edges ?? []).slice(0, NAMED).map(({ node }) => node.id);
  const rest = (trained?.totalCount ?? 0) - names.length;
  const run = () => erase({ id: entry.id, ...(reason.trim() !== '' && { reason: reason.trim() }) });
  const onDone = (): void => {
    showToast({ text: texts.erased });
    navigate(routePath('feedback', {}), { replace: true });
  };
  return (
    <ChangeDialog
      title={texts.eraseTitle}
      action={texts.erase}
      look="danger"
      isIncomplete={typed.trim() !== expected}
      {...{ run, onDone, onClose }}
    >
      <p>{texts.eraseLead}</p>
      <ul className={styles['consequences']}>
        <li>{texts.eraseTexts(entry.version)}</li>
        {entry.trainingBatchId > 0 && (
          <li>
            {entry.usedForTraining ? texts.eraseUsed(entry.trainingBatchId) : texts.eraseHeld(entry.trainingBatchId)}
          </li>
        )}
        {can('training:read') && learners.state === 'loading' ? (
          <li>
            <Skeleton />
          </li>
        ) : (
          names.length > 0 && (
            <li>{texts.eraseLearned(format.list(rest > 0 ? [...names, texts.more(rest)] : names))}</li>
          )
        )}
        <li>{texts.eraseCounts}</li>
        <li>{texts.eraseAudit}</li>
        <li>{texts.eraseBackups}</li>
      </ul>
      <Field
        label={texts.eraseReason}
        hint={texts.eraseReasonHint}
        value={reason}
        maxLength={500}
        dir="auto"
        onChange={({ target }) => setReason(target.value)}
      />
      <Field
        label={texts.eraseConfirm(expected)}
        value={typed}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => setTyped(target.value)}
      />
    </ChangeDialog>
  );
}
