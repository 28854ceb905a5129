import { type SubmitEvent, useEffect, useState } from 'react';
import { Button } from '../components/button.js';
import { Field } from '../components/field.js';
import { useMessages } from '../messages/messages.js';
import { browserPlatform } from '../session/browser.js';
import { type LossReason, useCredentials } from '../session/credentials.js';
import { beginSignIn, readConfiguration, type SignInConfiguration } from '../session/oidc.js';
import { SignInError } from '../session/sign-in-error.js';
import { signInMessages } from './sign-in-messages.js';
import styles from './sign-in.module.css';

interface SignInProps {
  /** Why nobody is signed in any more. */
  readonly reason?: LossReason | undefined;
}

/** Asks who somebody is. The address stays as it is, and what it names is shown afterwards. */
export function SignIn({ reason }: SignInProps) {
  const texts = useMessages(signInMessages);
  const { signIn } = useCredentials();
  const [token, setToken] = useState('');
  const service = useService();
  useEffect(() => {
    document.title = `${texts.title} · feedback-graph`;
  }, [texts]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    signIn(token);
  };
  const problem = service.problem ?? (reason instanceof SignInError ? reason : undefined);
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
        {problem !== undefined && (
          <p role="alert" className={styles['notice']}>
            {texts.problem(problem)}
          </p>
        )}
        {service.configuration !== undefined && (
          <>
            <Button look="primary" autoFocus disabled={service.isLeaving} onClick={service.begin}>
              {texts.signInAt(new URL(service.configuration.issuer).host)}
            </Button>
            <p className={styles['or']}>{texts.or}</p>
          </>
        )}
        <Field
          label={texts.token}
          hint={texts.tokenHint}
          type="password"
          autoComplete="off"
          spellCheck={false}
          autoFocus={service.configuration === undefined}
          required
          value={token}
          error={reason === 'refused' ? texts.refused : undefined}
          onChange={({ target }) => setToken(target.value)}
        />
        <Button type="submit" look={service.configuration === undefined ? 'primary' : 'secondary'}>
          {texts.signIn}
        </Button>
      </form>
    </main>
  );
}

/** The service at which people sign in, where this server has one. */
function useService() {
  const [configuration, setConfiguration] = useState<SignInConfiguration>();
  const [problem, setProblem] = useState<SignInError>();
  const [isLeaving, setIsLeaving] = useState(false);
  const fail = (error: unknown): void => setProblem(error instanceof SignInError ? error : new SignInError('server'));
  useEffect(() => {
    let isGone = false;
    readConfiguration(browserPlatform()).then(
      (found) => {
        if (!isGone) setConfiguration(found);
      },
      (error: unknown) => {
        if (!isGone) fail(error);
      },
    );
    return () => {
      isGone = true;
    };
  }, []);
  const begin = (): void => {
    if (configuration === undefined) return;
    setIsLeaving(true);
    setProblem(undefined);
    beginSignIn(configuration, location.pathname + location.search, browserPlatform()).then(
      (address) => location.assign(address),
      (error: unknown) => {
        setIsLeaving(false);
        fail(error);
      },
    );
  };
  return { configuration, problem, isLeaving, begin };
}
