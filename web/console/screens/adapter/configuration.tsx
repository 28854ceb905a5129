import { useMessages } from '../../messages/messages.js';
import type { Adapter } from './adapter.js';
import styles from './adapter.module.css';
import { CopyText } from './copy-text.js';
import { adapterMessages } from './messages.js';

/** What was registered of the adapter, as JSON with the names that PEFT has for it. */
export function Configuration({ adapter }: { readonly adapter: Adapter }) {
  const texts = useMessages(adapterMessages);
  const config = {
    base_model_name_or_path: adapter.baseModel,
    peft_type: adapter.peftType,
    r: adapter.rank,
    lora_alpha: adapter.loraAlpha,
    target_modules: adapter.targetModules,
    datasets: adapter.datasets,
    version: adapter.version,
    revision: adapter.revision,
  };
  const known = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
  return (
    <>
      <p className={styles['advice']}>{texts.configAdvice}</p>
      <CopyText heading={texts.tabs.config} text={JSON.stringify(known, null, 2)} />
    </>
  );
}
