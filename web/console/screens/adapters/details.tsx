import { buttonClass } from '../../components/button.js';
import { positiveShare } from '../../components/share-color.js';
import { Share } from '../../components/share.js';
import { VisibleText } from '../../components/text-block.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { compareHref, feedbackHref, lineageHref } from '../../router/links.js';
import { routePath } from '../../router/routes.js';
import { useSession } from '../../session/session.js';
import styles from './details.module.css';
import { childrenOf, type LineageGraph, parentsOf } from './lineage/graph.js';
import { adaptersMessages } from './messages.js';

/** More relatives than these are counted, not listed. */
const MAX_RELATIVES = 12;
const MAX_COMPARED = 8;

export interface DetailsProps {
  readonly graph: LineageGraph;
  readonly id: string;
  readonly onSelect: (id: string) => void;
}

/** What the selected adapter is, and where one can go from there. */
export function Details({ graph, id, onSelect }: DetailsProps) {
  const texts = useMessages(adaptersMessages);
  const format = useFormat();
  const { can } = useSession();
  const adapter = graph.adapters.get(id);
  if (adapter === undefined) {
    return (
      <aside aria-label={texts.selected} className={styles['details']} data-empty>
        <p className={styles['advice']}>{texts.chooseOne}</p>
      </aside>
    );
  }
  const { stats } = adapter;
  const parents = parentsOf(graph, id);
  const facts: readonly (readonly [string, string])[] = [
    [texts.entriesName, format.number(stats.totalFeedback)],
    [texts.waiting, format.number(stats.pendingValidation + stats.flaggedCount)],
    ...(adapter.version === null ? [] : [[texts.version, adapter.version] as const]),
    ...(adapter.peftType === null ? [] : [[texts.method, adapter.peftType] as const]),
  ];
  return (
    <aside aria-label={texts.selected} className={styles['details']}>
      <h2 className={styles['name']}>
        <VisibleText text={id} />
      </h2>
      <dl className={styles['facts']}>
        <dt>{texts.positive}</dt>
        <dd>
          <Share share={positiveShare(stats)} />
        </dd>
        {facts.map(([name, value]) => (
          <div key={name} className={styles['fact']}>
            <dt>{name}</dt>
            <dd>
              <VisibleText text={value} />
            </dd>
          </div>
        ))}
      </dl>
      <Relatives heading={texts.parents} ids={parents} onSelect={onSelect} />
      <Relatives heading={texts.children} ids={childrenOf(graph, id)} onSelect={onSelect} />
      <div className={styles['actions']}>
        <Link href={routePath('adapter', { id })} className={buttonClass({ look: 'primary' })}>
          {texts.open}
        </Link>
        {can('feedback:read') && (
          <Link href={feedbackHref({ adapterId: id })} className={buttonClass()}>
            {texts.feedback}
          </Link>
        )}
        {can('feedback:read') && parents.length > 0 && (
          <Link href={compareHref([...parents, id].slice(-MAX_COMPARED))} className={buttonClass()}>
            {texts.compareParents}
          </Link>
        )}
        <Link href={lineageHref({ of: id, selected: id })} className={buttonClass()}>
          {texts.onlyThis}
        </Link>
      </div>
    </aside>
  );
}

interface RelativesProps {
  readonly heading: string;
  readonly ids: readonly string[];
  readonly onSelect: (id: string) => void;
}

function Relatives({ heading, ids, onSelect }: RelativesProps) {
  const format = useFormat();
  if (ids.length === 0) return null;
  return (
    <section className={styles['relatives']}>
      <h3>
        {heading} <span>{format.number(ids.length)}</span>
      </h3>
      <ul>
        {ids.slice(0, MAX_RELATIVES).map((id) => (
          <li key={id}>
            <button type="button" onClick={() => onSelect(id)}>
              <VisibleText text={id} />
            </button>
          </li>
        ))}
        {ids.length > MAX_RELATIVES && <li>…</li>}
      </ul>
    </section>
  );
}
