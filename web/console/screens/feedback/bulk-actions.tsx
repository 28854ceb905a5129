import { useState } from 'react';
import { Button } from '../../components/button.js';
import { type KeyBindings, useKeys } from '../../keys/keys.js';
import { useMessages } from '../../messages/messages.js';
import { useSession } from '../../session/session.js';
import { BulkDialog, type BulkDialogProps } from './bulk-dialog.js';
import type { BulkActionName } from './bulk-fields.js';
import { feedbackMessages } from './messages.js';

const KEYS = { APPROVE: 'a', REJECT: 'r', TAG: 't', LINK: 'l' } as const satisfies Record<BulkActionName, string>;
const REVIEW_ACTIONS = ['APPROVE', 'REJECT', 'TAG'] as const;

/** What can be done with the selected entries, as buttons and keys. */
export function BulkActions({ selection, onChanged }: Pick<BulkDialogProps, 'selection' | 'onChanged'>) {
  const { bulk } = useMessages(feedbackMessages);
  const { can } = useSession();
  const [action, setAction] = useState<BulkActionName>();
  const allowed: readonly BulkActionName[] = can('feedback:read')
    ? [...(can('feedback:review') ? REVIEW_ACTIONS : []), ...(can('feedback:link') ? (['LINK'] as const) : [])]
    : [];
  const keys: KeyBindings = Object.fromEntries(
    allowed.map((name) => [KEYS[name], { label: bulk.titles[name], run: () => setAction(name) }]),
  );
  useKeys(keys);
  return (
    <>
      {allowed.map((name) => (
        <Button key={name} size="small" onClick={() => setAction(name)}>
          {bulk.actions[name]}
        </Button>
      ))}
      {action !== undefined && (
        <BulkDialog key={action} action={action} {...{ selection, onChanged }} onClose={() => setAction(undefined)} />
      )}
    </>
  );
}
