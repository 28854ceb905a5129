import { Button } from '../../components/button.js';
import { TextBlock } from '../../components/text-block.js';
import { showToast } from '../../components/toasts.js';
import { useMessages } from '../../messages/messages.js';
import styles from './adapter.module.css';
import { adapterMessages } from './messages.js';

/** A text as it is, with a button that copies it. */
export function CopyText({ heading, text }: { readonly heading: string; readonly text: string }) {
  const texts = useMessages(adapterMessages);
  const copy = async (): Promise<void> => {
    const wasCopied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    showToast({ text: wasCopied ? texts.copied : texts.copyFailed });
  };
  return (
    <section className={styles['section']}>
      <header className={styles['copyHeader']}>
        <h2>{heading}</h2>
        {/* Browsers give pages without TLS no clipboard. */}
        {isSecureContext && (
          <Button size="small" onClick={() => void copy()}>
            {texts.copy}
          </Button>
        )}
      </header>
      <div className={styles['code']}>
        <TextBlock text={text} isCode />
      </div>
    </section>
  );
}
