import { useState } from 'react';
import { useApiMutation } from '../../api/hooks.js';
import type { Problem } from '../../api/problem.js';
import { Button } from '../../components/button.js';
import { Field, Select } from '../../components/field.js';
import { Panel } from '../../components/panel.js';
import { ErrorState } from '../../components/states.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { type Permission, useSession } from '../../session/session.js';
import { IssueTokenDocument, type IssueTokenMutation } from './documents.generated.js';
import { SecretDialog } from './secret-dialog.js';
import styles from './settings.module.css';
import { tokenMessages } from './token-messages.js';

/** Roles that can be issued, each with a permission that tells whether the issuer has it. */
const ROLES = [
  ['submitter', undefined],
  ['reader', 'training:read'],
  ['member', 'feedback:link'],
  ['reviewer', 'feedback:review'],
  ['trainer', 'training:write'],
] as const satisfies readonly (readonly [string, Permission | undefined])[];

const MAX_MINUTES = 1_440;

type Issued = IssueTokenMutation['issueToken'];

export function IssueToken() {
  const texts = useMessages(tokenMessages);
  const format = useFormat();
  const { can } = useSession();
  const roles = ROLES.filter(([, permission]) => permission === undefined || can(permission)).map(([role]) => role);
  const [sub, setSub] = useState('');
  const [role, setRole] = useState<(typeof roles)[number]>('submitter');
  const [minutes, setMinutes] = useState('15');
  const [isTried, setIsTried] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [issued, setIssued] = useState<Issued>();
  const issue = useApiMutation(IssueTokenDocument);
  const isTimeValid = /^\d{1,4}$/.test(minutes) && Number(minutes) >= 1 && Number(minutes) <= MAX_MINUTES;
  const submit = async (): Promise<void> => {
    setIsTried(true);
    if (sub.trim() === '' || !isTimeValid || isBusy) return;
    setIsBusy(true);
    setProblem(undefined);
    const outcome = await issue({ input: { sub: sub.trim(), roles: [role], expiresIn: Number(minutes) * 60 } });
    setIsBusy(false);
    if (outcome.ok) setIssued(outcome.data.issueToken);
    else setProblem(outcome.problem);
  };
  return (
    <Panel title={texts.issue}>
      <p className={styles['note']}>{texts.issueText}</p>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field
          label={texts.sub}
          value={sub}
          spellCheck={false}
          autoComplete="off"
          error={isTried && sub.trim() === '' ? texts.subError : undefined}
          onChange={({ target }) => setSub(target.value)}
        />
        <Select
          label={texts.role}
          value={role}
          options={roles.map((value) => ({ value, label: texts.roles[value] }))}
          onChange={setRole}
        />
        <Field
          label={texts.minutes}
          type="number"
          min={1}
          max={MAX_MINUTES}
          value={minutes}
          error={isTimeValid ? undefined : texts.minutesError}
          onChange={({ target }) => setMinutes(target.value)}
        />
        <Button type="submit" disabled={isBusy}>
          {texts.issueDo}
        </Button>
      </form>
      {problem !== undefined && <ErrorState problem={problem} retry={() => void submit()} />}
      {issued !== undefined && (
        <SecretDialog
          title={texts.issued(issued.sub)}
          secret={issued.token}
          note={texts.issuedNote(format.relative(issued.expiresAt), issued.tokenId)}
          copied={texts.copied}
          onClose={() => setIssued(undefined)}
        />
      )}
    </Panel>
  );
}
