import { useState } from 'react';
import { type Loaded, useApiMutation, useApiQuery } from '../../api/hooks.js';
import type { Problem } from '../../api/problem.js';
import { Button } from '../../components/button.js';
import { Field, Select } from '../../components/field.js';
import { FormDialog } from '../../components/form-dialog.js';
import { commonMessages } from '../../components/messages.js';
import { ErrorState, Skeleton } from '../../components/states.js';
import { showToast } from '../../components/toasts.js';
import { useMessages } from '../../messages/messages.js';
import { useSession } from '../../session/session.js';
import type { Adapter } from './adapter.js';
import styles from './adapter.module.css';
import { AdapterPromotionDocument, type AdapterStage, PromoteAdapterDocument } from './documents.generated.js';
import { promotionMessages } from './promotion-messages.js';
import { RetireOthers } from './retire-others.js';
import { type Result, RuleResults } from './rule-results.js';

const STAGES = ['CANDIDATE', 'PRODUCTION', 'RETIRED'] as const satisfies readonly AdapterStage[];

export function Promote({ adapter }: { readonly adapter: Adapter }) {
  const texts = useMessages(promotionMessages);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>{texts.promote}</Button>
      {isOpen && <PromoteDialog adapter={adapter} onClose={() => setIsOpen(false)} />}
    </>
  );
}

function PromoteDialog({ adapter, onClose }: { readonly adapter: Adapter; readonly onClose: () => void }) {
  const { id } = adapter;
  const texts = useMessages(promotionMessages);
  const { stages } = useMessages(commonMessages);
  const { can } = useSession();
  const [stage, setStage] = useState<AdapterStage>('PRODUCTION');
  const [reason, setReason] = useState('');
  const [retire, setRetire] = useState<readonly string[]>([]);
  const [isForced, setIsForced] = useState(false);
  const [isTried, setIsTried] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [refusal, setRefusal] = useState<readonly Result[]>();
  const promote = useApiMutation(PromoteAdapterDocument);
  // Another version than the one that was promoted has to pass, too.
  const isCurrent = adapter.stage === stage && (stage === 'RETIRED' || adapter.stageVersion === adapter.version);
  const hasRules = !isCurrent && stage !== 'RETIRED';
  const asked = { id, stage: stage === 'RETIRED' ? 'PRODUCTION' : stage } as const;
  const answer = useApiQuery(AdapterPromotionDocument, asked, { pause: !hasRules, refreshes: 'always' });
  const known = answer.state === 'ready' ? answer.data.adapter?.promotion.results : undefined;
  const results = refusal ?? known ?? [];
  const isRefused = hasRules && results.some(({ passed }) => !passed);
  const isReasonMissing = isForced && isRefused && reason.trim() === '';

  const canRetire = stage === 'PRODUCTION' && !isCurrent;

  const submit = async (): Promise<void> => {
    setIsTried(true);
    if (isReasonMissing) return;
    setIsBusy(true);
    setProblem(undefined);
    const force = isForced && isRefused;
    const outcome = await promote({
      input: {
        id,
        stage,
        force,
        reason: reason.trim() === '' ? null : reason.trim(),
        retire: canRetire ? [...retire] : [],
      },
    });
    setIsBusy(false);
    if (!outcome.ok) {
      setProblem(outcome.problem);
      return;
    }
    const { promoted, check, retired } = outcome.data.promoteAdapter;
    if (promoted) {
      const text =
        retired.length === 0
          ? texts.changed(id, stages[stage])
          : texts.changedAndRetired(id, stages[stage], retired.length);
      showToast({ text });
      onClose();
    } else setRefusal(check?.results);
  };

  return (
    <FormDialog
      title={texts.title(id)}
      action={texts.change}
      look={isForced && isRefused ? 'danger' : 'primary'}
      isIncomplete={isCurrent || (isRefused && !isForced)}
      isBusy={isBusy}
      problem={problem}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Select
        label={texts.stage}
        value={stage}
        options={STAGES.map((value) => ({ value, label: stages[value] }))}
        onChange={(value) => {
          setStage(value);
          setRefusal(undefined);
          setIsForced(false);
        }}
      />
      {hasRules ? <Rules answer={answer} results={results} /> : <p>{isCurrent ? texts.isCurrent : texts.noRules}</p>}
      {canRetire && <RetireOthers adapter={adapter} chosen={retire} onChange={setRetire} />}
      {isRefused &&
        (can('org:admin') ? (
          <label className={styles['force']}>
            <input type="checkbox" checked={isForced} onChange={({ target }) => setIsForced(target.checked)} />
            {texts.force}
          </label>
        ) : (
          <p role="status">{texts.refused}</p>
        ))}
      <Field
        label={texts.reason}
        hint={texts.reasonHint}
        maxLength={500}
        value={reason}
        error={isTried && isReasonMissing ? texts.reasonError : undefined}
        onChange={({ target }) => setReason(target.value)}
      />
    </FormDialog>
  );
}

interface RulesProps {
  readonly answer: Loaded<unknown>;
  readonly results: readonly Result[];
}

/** What the rules say now. */
function Rules({ answer, results }: RulesProps) {
  if (answer.state === 'loading') return <Skeleton lines={3} height={28} />;
  if (answer.state === 'failed') return <ErrorState problem={answer.problem} retry={answer.retry} />;
  return <RuleResults results={results} />;
}
