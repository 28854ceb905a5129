import { useApiQuery } from '../../api/hooks.js';
import { ErrorState, Skeleton } from '../../components/states.js';
import { useMessages } from '../../messages/messages.js';
import styles from './adapter.module.css';
import { CopyText } from './copy-text.js';
import { AdapterCardDocument } from './documents.generated.js';
import { adapterMessages } from './messages.js';

/** What the server has written for a README on a model hub, as text to copy. */
export function ModelCard({ id }: { readonly id: string }) {
  const texts = useMessages(adapterMessages);
  const answer = useApiQuery(AdapterCardDocument, { id });
  if (answer.state === 'loading') return <Skeleton lines={12} height={18} />;
  if (answer.state === 'failed') return <ErrorState problem={answer.problem} retry={answer.retry} />;
  const { yaml, markdown } = answer.data.modelCard;
  return (
    <>
      <p className={styles['advice']}>{texts.cardAdvice}</p>
      <CopyText heading={texts.cardMetadata} text={yaml} />
      <CopyText heading={texts.cardText} text={markdown} />
    </>
  );
}
