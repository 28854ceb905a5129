import { useState } from 'react';
import { Button } from '../../components/button.js';
import { isHeld } from '../../components/training-state.js';
import { useMessages } from '../../messages/messages.js';
import type { BatchData } from './batch.js';
import { CommitDialog } from './commit-dialog.js';
import { ReleaseDialog, RenewDialog } from './lease-dialogs.js';
import { batchMessages } from './messages.js';

export interface BatchActionProps {
  readonly batch: BatchData;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Loads the batch again. */
  readonly reload: (() => void) | undefined;
}

/** What can be done with a batch, each in a dialog that says what it does. */
export function BatchActions({ batch, reload }: Pick<BatchActionProps, 'batch' | 'reload'>) {
  const texts = useMessages(batchMessages);
  const [open, setOpen] = useState<'renew' | 'release' | 'commit'>();
  const dialog = (name: typeof open) => ({ batch, reload, isOpen: open === name, onClose: () => setOpen(undefined) });
  // A dialog stays open when the state changes under it: it says what happened.
  const isShown = isHeld(batch.state) || open !== undefined;
  return (
    <>
      {isShown && (
        <>
          <Button onClick={() => setOpen('renew')}>{texts.renew}</Button>
          <Button look="danger" onClick={() => setOpen('release')}>
            {texts.release}
          </Button>
          <Button look="primary" onClick={() => setOpen('commit')}>
            {texts.commit}
          </Button>
        </>
      )}
      <RenewDialog {...dialog('renew')} />
      <ReleaseDialog {...dialog('release')} />
      <CommitDialog {...dialog('commit')} />
    </>
  );
}
