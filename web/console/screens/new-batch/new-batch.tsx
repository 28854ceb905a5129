import { useCallback, useMemo, useRef, useState } from 'react';
import { useApiMutation } from '../../api/hooks.js';
import type { Problem } from '../../api/problem.js';
import { Button } from '../../components/button.js';
import { Panel } from '../../components/panel.js';
import { Screen } from '../../components/screen.js';
import { ErrorState, IgnoredFilters } from '../../components/states.js';
import { showToast } from '../../components/toasts.js';
import { isUnderWay } from '../../components/training-state.js';
import { useKeys } from '../../keys/keys.js';
import { useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { navigate } from '../../router/location.js';
import { routePath } from '../../router/routes.js';
import { useSearch } from '../../router/search.js';
import { CreateTrainingBatchDocument } from './documents.generated.js';
import { FilterStep, type StepProps } from './filter-step.js';
import { AdviceStep, ClaimStep, HoldoutStep } from './forecast-steps.js';
import { newBatchMessages } from './messages.js';
import styles from './new-batch.module.css';
import { codec, type Draft, problemsOf, STEPS, toVariables } from './wizard.js';

const VIEWS = { filter: FilterStep, advice: AdviceStep, holdout: HoldoutStep, claim: ClaimStep } as const;

export default function NewBatchScreen() {
  const texts = useMessages(newBatchMessages);
  const [draft, changeSearch, ignored] = useSearch(codec);
  const { step } = draft;
  const problems = useMemo(() => problemsOf(draft), [draft]);
  const change = useCallback((part: Partial<Draft>) => changeSearch(part, { replace: true }), [changeSearch]);
  const claim = useClaim(draft);
  const place = STEPS.indexOf(step);
  const isLast = place === STEPS.length - 1;
  const goTo = (next: number): void =>
    changeSearch({ step: STEPS[Math.max(0, Math.min(STEPS.length - 1, next))] ?? 'filter' });
  const isBlocked = problems.size > 0 || claim.isBusy;
  const advance = (): void => {
    if (isBlocked) return;
    if (isLast) void claim.run();
    else goTo(place + 1);
  };
  const nextLabel = isLast ? (claim.isBusy ? texts.claiming : texts.claim) : texts.next;
  useKeys({ '$mod+Enter': { label: isLast ? texts.claim : texts.next, run: advance, whileTyping: true } });
  const View: (props: StepProps) => React.ReactNode = VIEWS[step];
  return (
    <Screen title={texts.title}>
      <IgnoredFilters names={ignored} />
      <div className={styles['wizard']}>
        <nav aria-label={texts.steps}>
          <ol className={styles['steps']}>
            {STEPS.map((name) => (
              <li key={name}>
                <Link
                  href={routePath('newBatch', {}, codec.serialize({ ...draft, step: name }))}
                  aria-current={name === step ? 'step' : undefined}
                  className={styles['step']}
                >
                  {texts.stepNames[name]}
                </Link>
              </li>
            ))}
          </ol>
        </nav>
        {step === 'advice' ? (
          <View draft={draft} problems={problems} change={change} />
        ) : (
          <Panel key={step} title={texts.stepNames[step]}>
            <View draft={draft} problems={problems} change={change} />
          </Panel>
        )}
        {isLast && claim.problem !== undefined && <ErrorState problem={claim.problem} retry={() => void claim.run()} />}
        <div className={styles['actions']}>
          {place > 0 && <Button onClick={() => goTo(place - 1)}>{texts.back}</Button>}
          <Button look="primary" disabled={isBlocked} onClick={advance}>
            {nextLabel}
          </Button>
        </div>
      </div>
    </Screen>
  );
}

/** Claims once for what the address says, however often it is tried again after a lost answer. */
function useClaim(draft: Draft) {
  const texts = useMessages(newBatchMessages);
  const create = useApiMutation(CreateTrainingBatchDocument);
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const attempt = useRef<{ readonly asked: string; readonly key: string }>(undefined);
  const run = async (): Promise<void> => {
    const variables = { ...toVariables(draft), leaseMinutes: draft.lease * 60 };
    const asked = JSON.stringify(variables);
    if (attempt.current?.asked !== asked) attempt.current = { asked, key: newKey() };
    setIsBusy(true);
    setProblem(undefined);
    const outcome = await create(variables, { idempotencyKey: attempt.current.key });
    setIsBusy(false);
    if (!outcome.ok) {
      setProblem(outcome.problem);
      return;
    }
    const { number, state } = outcome.data.createTrainingBatch;
    showToast({ text: isUnderWay(state) ? texts.goesOn(number) : texts.claimed(number) });
    navigate(routePath('batch', { number: String(number) }), { replace: true });
  };
  return { run, isBusy, problem };
}

/** `randomUUID` is there on HTTPS alone. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
