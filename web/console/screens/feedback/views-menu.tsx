import { useState } from 'react';
import { useApiMutation, useApiQuery } from '../../api/hooks.js';
import type { Outcome } from '../../api/problem.js';
import { Menu, type MenuItem } from '../../components/menu.js';
import { commonMessages } from '../../components/messages.js';
import { showToast } from '../../components/toasts.js';
import { useMessages } from '../../messages/messages.js';
import { useSession } from '../../session/session.js';
import { ChangeViewDocument, DeleteViewDocument, SavedViewsDocument, SaveViewDocument } from './documents.generated.js';
import type { FacetsProps } from './facets.js';
import { feedbackMessages } from './messages.js';
import { ViewDialog, type ViewTask } from './view-dialog.js';
import { differsFromView, searchOfView, type View, viewOfSearch } from './views.js';

/** The saved views of the user and those that others share: to open, save, change and delete. */
export function ViewsMenu({ search, onChange }: FacetsProps) {
  const texts = useMessages(feedbackMessages);
  const { problems, loading } = useMessages(commonMessages);
  const { userId, can } = useSession();
  const [task, setTask] = useState<ViewTask>();
  // Asked for only when somebody opens the menu, or has come by a view.
  const [isWanted, setWanted] = useState(false);
  const pause = !isWanted && search.view === '';
  const saved = useApiQuery(SavedViewsDocument, {}, { refreshes: true, pause });
  const create = useApiMutation(SaveViewDocument);
  const update = useApiMutation(ChangeViewDocument);
  const remove = useApiMutation(DeleteViewDocument);

  const own = saved.state === 'ready' ? saved.data.own.edges.map(({ node }) => node) : [];
  const shared = (saved.state === 'ready' ? saved.data.shared.edges.map(({ node }) => node) : []).filter(
    ({ createdBy }) => createdBy !== userId,
  );
  const current = [...own, ...shared].find(({ id }) => id === search.view);
  const mayChange = current !== undefined && (current.createdBy === userId || can('org:admin'));

  /** Says what became of it. @returns whether it was done */
  const tell = (outcome: Outcome<unknown>, done: string): boolean => {
    showToast(outcome.ok ? { text: done } : { text: problems[outcome.problem.kind].join('. '), tone: 'negative' });
    if (saved.state === 'ready') saved.reload();
    return outcome.ok;
  };
  const change = async (view: View, input: { name?: string; isShared?: boolean }): Promise<boolean> =>
    tell(await update({ id: view.id, input, revision: view.revision }), texts.viewSaved);
  const run = async (done: ViewTask, name: string, isShared: boolean): Promise<boolean> => {
    if (done.kind === 'save') {
      const outcome = await create({ input: { ...viewOfSearch(search), name, isShared } });
      if (outcome.ok) onChange({ view: outcome.data.createSavedView.id });
      return tell(outcome, texts.viewSaved);
    }
    if (done.kind === 'rename') return change(done.view, { name });
    const isDone = tell(await remove({ id: done.view.id }), texts.viewDeleted);
    if (isDone) onChange({ view: '' });
    return isDone;
  };

  const toItem = (view: View): MenuItem => ({
    label: view.createdBy === userId ? view.name : texts.sharedBy(view.name, view.createdBy),
    isChecked: view.id === search.view,
    run: () => onChange(searchOfView(view)),
  });
  const items: MenuItem[] = [
    ...own.map(toItem),
    ...shared.map(toItem),
    { label: texts.saveView, run: () => setTask({ kind: 'save' }) },
    ...(current !== undefined && mayChange
      ? [
          ...(differsFromView(search, current)
            ? [
                {
                  label: texts.updateView,
                  run: () => {
                    const input = viewOfSearch(search);
                    void update({ id: current.id, input, revision: current.revision }).then((outcome) =>
                      tell(outcome, texts.viewSaved),
                    );
                  },
                },
              ]
            : []),
          { label: texts.renameView, run: () => setTask({ kind: 'rename', view: current }) },
          {
            label: current.isShared ? texts.unshareView : texts.shareView,
            run: () => void change(current, { isShared: !current.isShared }),
          },
          { label: texts.deleteView, run: () => setTask({ kind: 'delete', view: current }) },
        ]
      : []),
  ];
  const label =
    current === undefined
      ? texts.views
      : differsFromView(search, current)
        ? texts.changedView(current.name)
        : texts.viewNamed(current.name);
  return (
    <>
      {/* No choice moves away under a pointer when the views arrive. */}
      <Menu
        label={label}
        items={isWanted && saved.state === 'loading' ? [{ label: loading }] : items}
        onOpen={() => setWanted(true)}
      />
      {task !== undefined && <ViewDialog task={task} run={run} onClose={() => setTask(undefined)} />}
    </>
  );
}
