import { useApiQuery } from '../../api/hooks.js';
import { Screen } from '../../components/screen.js';
import { EmptyState, ErrorState, IgnoredFilters, Skeleton } from '../../components/states.js';
import { useMessages } from '../../messages/messages.js';
import { choice, searchCodec, texts as severalTexts, useSearch } from '../../router/search.js';
import { ChosenAdapters } from './chosen-adapters.js';
import { ComparisonDocument } from './documents.generated.js';
import { compareMessages } from './messages.js';
import { Questions, SHOWS } from './questions.js';
import { Summary } from './summary.js';

export const MAX_ADAPTERS = 8;

/** What the address of the screen says. */
const codec = searchCodec({ adapter: severalTexts(), show: choice(SHOWS, 'all') });

export default function CompareScreen() {
  const texts = useMessages(compareMessages);
  const [{ adapter, show }, change, ignored] = useSearch(codec);
  const ids = adapter.filter((id) => id !== '');
  const canCompare = ids.length >= 2 && ids.length <= MAX_ADAPTERS;
  return (
    <Screen title={texts.title}>
      <IgnoredFilters names={ignored} />
      <ChosenAdapters ids={ids} most={MAX_ADAPTERS} onChange={(next) => change({ adapter: next })} />
      {canCompare ? (
        <Result key={ids.join('\n')} ids={ids} show={show} onShow={(next) => change({ show: next })} />
      ) : (
        <EmptyState title={texts.tooFew}>{texts.tooFewAdvice}</EmptyState>
      )}
    </Screen>
  );
}

interface ResultProps {
  readonly ids: readonly string[];
  readonly show: (typeof SHOWS)[number];
  readonly onShow: (show: (typeof SHOWS)[number]) => void;
}

function Result({ ids, show, onShow }: ResultProps) {
  const texts = useMessages(compareMessages);
  const answer = useApiQuery(ComparisonDocument, { ids: [...ids] });
  if (answer.state === 'loading') return <Skeleton lines={8} height={32} />;
  if (answer.state === 'failed') return <ErrorState problem={answer.problem} retry={answer.retry} />;
  const comparison = answer.data.compareAdapters;
  return (
    <>
      <Summary comparison={comparison} />
      {comparison.questions.length === 0 ? (
        <EmptyState title={texts.none}>{texts.noneAdvice}</EmptyState>
      ) : (
        <Questions comparison={comparison} ids={ids} show={show} onShow={onShow} />
      )}
    </>
  );
}
