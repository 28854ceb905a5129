import { useEffect, useRef } from 'react';
import { showToast } from '../components/toasts.js';
import { useFormat, useMessages } from '../messages/messages.js';
import { frameMessages } from './messages.js';

/** Says which permissions somebody has lost while they work, until they have read it. */
export function useLostPermissions(permissions: readonly string[] | undefined): void {
  const texts = useMessages(frameMessages);
  const format = useFormat();
  const before = useRef(permissions);
  useEffect(() => {
    const lost = before.current?.filter((permission) => permissions?.includes(permission) === false) ?? [];
    before.current = permissions;
    if (lost.length > 0) showToast({ text: texts.lostPermissions(lost.length, format.list(lost)), stays: true });
  }, [permissions]);
}
