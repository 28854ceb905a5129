import { Badge } from '../../components/badge.js';
import { VisibleText } from '../../components/text-block.js';
import { useMessages } from '../../messages/messages.js';
import styles from './adapter.module.css';
import type { RuleResultFragment } from './documents.generated.js';
import { promotionMessages } from './promotion-messages.js';

export type Result = RuleResultFragment;

/** Each rule with what was found, in colour and in words. */
export function RuleResults({ results }: { readonly results: readonly Result[] }) {
  const texts = useMessages(promotionMessages);
  if (results.length === 0) return <p>{texts.noRules}</p>;
  return (
    <ul aria-label={texts.rules} className={styles['rules']}>
      {results.map(({ passed, explanation, rule }, place) => (
        <li key={place}>
          <span className={styles['rule']}>
            <strong>{texts.kinds[rule.kind]}</strong>
            <Badge tone={passed ? 'positive' : 'negative'}>{passed ? texts.passed : texts.failed}</Badge>
          </span>
          <span lang="en" className={styles['advice']}>
            <VisibleText text={explanation} />
          </span>
        </li>
      ))}
    </ul>
  );
}
