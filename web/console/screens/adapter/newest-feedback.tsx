import { useApiQuery } from '../../api/hooks.js';
import { JudgementBadge, StatusBadge } from '../../components/badge.js';
import { buttonClass } from '../../components/button.js';
import { PlainTable } from '../../components/plain-table.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/states.js';
import { VisibleText } from '../../components/text-block.js';
import { Time } from '../../components/time.js';
import { useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { feedbackHref } from '../../router/links.js';
import { routePath } from '../../router/routes.js';
import { AdapterFeedbackDocument } from './documents.generated.js';
import { adapterMessages } from './messages.js';

/** Characters of a question that a row shows. */
const MAX_QUESTION = 160;

/** The newest entries of the adapter; all of them are in Feedback. */
export function NewestFeedback({ id }: { readonly id: string }) {
  const texts = useMessages(adapterMessages);
  const { columns } = texts;
  const answer = useApiQuery(AdapterFeedbackDocument, { id });
  if (answer.state === 'loading') return <Skeleton lines={10} height={24} />;
  if (answer.state === 'failed') return <ErrorState problem={answer.problem} retry={answer.retry} />;
  const feedback = answer.data.adapter?.feedback;
  if (feedback === undefined || feedback.edges.length === 0) {
    return <EmptyState title={texts.noFeedback}>{texts.noFeedbackAdvice}</EmptyState>;
  }
  return (
    <>
      <div>
        <Link href={feedbackHref({ adapterId: id })} className={buttonClass()}>
          {texts.allFeedback(feedback.totalCount)}
        </Link>
      </div>
      <PlainTable
        label={texts.tabs.feedback}
        rows={feedback.edges.map(({ node }) => node)}
        rowKey={(entry) => entry.id}
        columns={[
          {
            id: 'question',
            header: columns.question,
            cell: (entry) => (
              <Link href={routePath('entry', { id: entry.id })}>
                <VisibleText text={shorten(entry.question)} />
              </Link>
            ),
          },
          { id: 'judgement', header: columns.judgement, cell: ({ type }) => <JudgementBadge type={type} /> },
          {
            id: 'status',
            header: columns.status,
            cell: ({ validationStatus }) => <StatusBadge status={validationStatus} />,
          },
          { id: 'submitted', header: columns.submitted, cell: ({ createdAt }) => <Time at={createdAt} /> },
        ]}
      />
    </>
  );
}

function shorten(text: string): string {
  const characters = Array.from(text.slice(0, 2 * MAX_QUESTION));
  return characters.length <= MAX_QUESTION ? text : `${characters.slice(0, MAX_QUESTION).join('')}…`;
}
