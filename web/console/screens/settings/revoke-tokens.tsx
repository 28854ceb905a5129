import { useState } from 'react';
import { useApiMutation } from '../../api/hooks.js';
import type { Problem } from '../../api/problem.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Field, Select } from '../../components/field.js';
import { commonMessages } from '../../components/messages.js';
import { Panel } from '../../components/panel.js';
import { ErrorState } from '../../components/states.js';
import { showToast } from '../../components/toasts.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { useSession } from '../../session/session.js';
import { RevokeTokensDocument } from './documents.generated.js';
import styles from './settings.module.css';
import { tokenMessages } from './token-messages.js';

const KINDS = ['sub', 'tokenId', 'all'] as const;
type Kind = (typeof KINDS)[number];

export function RevokeTokens() {
  const texts = useMessages(tokenMessages);
  const { cancel } = useMessages(commonMessages);
  const format = useFormat();
  const { can } = useSession();
  const [kind, setKind] = useState<Kind>('sub');
  const [typed, setTyped] = useState('');
  const [isTried, setIsTried] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const revoke = useApiMutation(RevokeTokensDocument);
  const value = typed.trim();
  const isMissing = kind !== 'all' && value === '';
  const run = async (): Promise<void> => {
    setIsBusy(true);
    setProblem(undefined);
    const input = kind === 'all' ? { all: true } : kind === 'sub' ? { sub: value } : { tokenId: value };
    const outcome = await revoke({ input });
    setIsBusy(false);
    if (!outcome.ok) {
      setProblem(outcome.problem);
      return;
    }
    showToast({ text: texts.revoked(format.dateTime(outcome.data.revokeTokens.before)) });
    setTyped('');
    setIsTried(false);
    setIsOpen(false);
  };
  return (
    <Panel title={texts.revoke}>
      <p className={styles['note']}>{texts.revokeText}</p>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          setIsTried(true);
          setProblem(undefined);
          if (!isMissing) setIsOpen(true);
        }}
      >
        <Select
          label={texts.which}
          value={kind}
          options={KINDS.filter((name) => name !== 'all' || can('org:admin')).map((name) => ({
            value: name,
            label: texts.kinds[name],
          }))}
          onChange={setKind}
        />
        {kind !== 'all' && (
          <Field
            label={kind === 'sub' ? texts.user : texts.tokenId}
            value={typed}
            spellCheck={false}
            autoComplete="off"
            error={isTried && isMissing ? texts.valueError : undefined}
            onChange={({ target }) => setTyped(target.value)}
          />
        )}
        <Button type="submit" look="danger">
          {texts.review}
        </Button>
      </form>
      <Dialog
        title={texts.confirmTitle}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        actions={
          <>
            <Button onClick={() => setIsOpen(false)}>{cancel}</Button>
            <Button look="danger" disabled={isBusy} onClick={() => void run()}>
              {texts.revokeDo}
            </Button>
          </>
        }
      >
        <p>{texts.confirm[kind](value)}</p>
        {problem !== undefined && <ErrorState problem={problem} retry={() => void run()} />}
      </Dialog>
    </Panel>
  );
}
