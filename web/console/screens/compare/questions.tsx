import { Badge } from '../../components/badge.js';
import { Panel } from '../../components/panel.js';
import { PlainTable } from '../../components/plain-table.js';
import { Segmented } from '../../components/segmented.js';
import { EmptyState, Notice } from '../../components/states.js';
import { TextBlock, VisibleText } from '../../components/text-block.js';
import { useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { routePath } from '../../router/routes.js';
import styles from './compare.module.css';
import { compareMessages } from './messages.js';
import type { Comparison } from './summary.js';

/** Which questions are shown. */
export const SHOWS = ['all', 'different', 'fixed', 'broken'] as const;
type Show = (typeof SHOWS)[number];

type Question = Comparison['questions'][number];

/** Characters of a question that a row shows before somebody asks for all. */
const CLAMP = 240;

const TONES = { RIGHT: 'positive', WRONG: 'negative', DISPUTED: 'caution' } as const;
const MARKS = { RIGHT: '✓', WRONG: '✗', DISPUTED: '≈' } as const;

const IS_SHOWN: Readonly<Record<Show, (question: Question) => boolean>> = {
  all: () => true,
  different: ({ judgements }) => new Set(judgements.map(({ verdict }) => verdict)).size > 1,
  fixed: ({ fixed }) => fixed.length > 0,
  broken: ({ broken }) => broken.length > 0,
};

export interface QuestionsProps {
  readonly comparison: Comparison;
  readonly ids: readonly string[];
  readonly show: Show;
  readonly onShow: (show: Show) => void;
}

/** The questions that several of the adapters have answered, with the verdict on each answer. */
export function Questions({ comparison: { questions, questionCount }, ids, show, onShow }: QuestionsProps) {
  const texts = useMessages(compareMessages);
  const rows = questions.filter(IS_SHOWN[show]);
  return (
    <Panel
      title={texts.questions}
      actions={
        <Segmented
          label={texts.show}
          value={show}
          options={SHOWS.map((value) => ({ value, label: texts.shows[value] }))}
          onChange={onShow}
        />
      }
    >
      {questionCount > questions.length && <Notice>{texts.firstOf(questions.length, questionCount)}</Notice>}
      {rows.length === 0 ? (
        <EmptyState title={texts.noneShown}>{texts.noneShownAdvice}</EmptyState>
      ) : (
        <PlainTable
          label={texts.questions}
          rows={rows}
          rowKey={({ question }) => question}
          columns={[
            {
              id: 'question',
              header: texts.columns.question,
              cell: ({ question }) => <TextBlock text={question} clamp={CLAMP} />,
            },
            ...ids.map((id) => ({
              id: `of ${id}`,
              header: (
                <span className={styles['column']}>
                  <VisibleText text={id} />
                </span>
              ),
              cell: (question: Question) => <Verdict question={question} id={id} />,
            })),
            {
              id: 'change',
              header: texts.columns.change,
              cell: (question: Question) => <Change question={question} />,
            },
          ]}
        />
      )}
    </Panel>
  );
}

/** What was said of an adapter's answer, as a link to the newest entry about it. */
function Verdict({ question, id }: { readonly question: Question; readonly id: string }) {
  const texts = useMessages(compareMessages);
  const judgement = question.judgements.find(({ adapterId }) => adapterId === id);
  if (judgement === undefined) return <span className={styles['advice']}>{texts.notJudged}</span>;
  const { verdict, positiveCount, negativeCount, newest } = judgement;
  return (
    <Link
      href={routePath('entry', { id: newest.id })}
      title={texts.counts(positiveCount, negativeCount)}
      className={styles['verdict']}
    >
      <Badge tone={TONES[verdict]}>
        <span aria-hidden="true">{MARKS[verdict]}</span> {texts.verdicts[verdict]}
      </Badge>
    </Link>
  );
}

/** Where along the lineage the verdict changed. */
function Change({ question: { fixed, broken } }: { readonly question: Question }) {
  const texts = useMessages(compareMessages);
  return (
    <ul className={styles['changes']}>
      {fixed.map(({ ancestorId, descendantId }) => (
        <li key={`${ancestorId}\n${descendantId}`}>
          <VisibleText text={texts.wasFixed(ancestorId, descendantId)} />
        </li>
      ))}
      {broken.map(({ ancestorId, descendantId }) => (
        <li key={`${ancestorId}\n${descendantId}`} data-broken>
          <VisibleText text={texts.wasBroken(ancestorId, descendantId)} />
        </li>
      ))}
    </ul>
  );
}
