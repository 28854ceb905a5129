import { type SubmitEvent, useEffect, useState } from 'react';
import { Button } from '../components/button.js';
import { Field } from '../components/field.js';
import { useMessages } from '../messages/messages.js';
import { signIn, whyTokenWasDropped } from '../session/token-store.js';
import { signInMessages } from './sign-in-messages.js';
import styles from './sign-in.module.css';

/** Asks for a token. The address stays as it is, and what it names is shown afterwards. */
export function SignIn() {
  const texts = useMessages(signInMessages);
  const [token, setToken] = useState('');
  const reason = whyTokenWasDropped();
  useEffect(() => {
    document.title = `${texts.title} · feedback-graph`;
  }, [texts]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    signIn(token);
  };
  return (
    <main className={styles['page']}>
      <form className={styles['form']} onSubmit={submit}>
        <h1 className={styles['heading']}>feedback-graph</h1>
        <p>{texts.intro}</p>
        {reason === 'expired' && (
          <p role="status" className={styles['notice']}>
            {texts.expired}
          </p>
        )}
        <Field
          label={texts.token}
          hint={texts.tokenHint}
          type="password"
          autoComplete="off"
          spellCheck={false}
          autoFocus
          required
          value={token}
          error={reason === 'refused' ? texts.refused : undefined}
          onChange={({ target }) => setToken(target.value)}
        />
        <Button type="submit" look="primary">
          {texts.signIn}
        </Button>
      </form>
    </main>
  );
}
