import { Badge } from '../../components/badge.js';
import { AnswerText, Conversation } from '../../components/conversation.js';
import { useMessages } from '../../messages/messages.js';
import styles from './answer-view.module.css';
import { reviewMessages } from './messages.js';
import type { Entry } from './queue.js';
import { Section } from './section.js';

/** What was asked, and the answer or the answers that were judged. */
export function AnswerView({ entry }: { readonly entry: Entry }) {
  const texts = useMessages(reviewMessages);
  const { messages, systemPrompt, candidates, preferred } = entry;
  return (
    <>
      <Section title={texts.conversation}>
        <Conversation messages={messages.slice(0, -1)} systemPrompt={systemPrompt} />
      </Section>
      {candidates === null ? (
        <Section title={texts.judged}>
          <div className={styles['answer']}>
            <Conversation messages={messages.slice(-1)} />
          </div>
        </Section>
      ) : (
        <Section title={preferred === 'tie' ? texts.tie : texts.judged}>
          <div className={styles['candidates']}>
            {candidates.map(({ answer, adapterId, modelVersion }, place) => (
              <section key={place} className={styles['answer']} data-preferred={preferred === place}>
                <h3 className={styles['candidate']}>
                  {texts.candidate(place + 1)}
                  <span className={styles['origin']}>{adapterId ?? modelVersion}</span>
                  {preferred === place && <Badge tone="positive">{texts.preferred}</Badge>}
                </h3>
                <AnswerText text={answer} />
              </section>
            ))}
          </div>
        </Section>
      )}
    </>
  );
}
