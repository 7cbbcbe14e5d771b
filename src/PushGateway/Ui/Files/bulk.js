// Deleting several groups: those that are picked, those that the search selects, all.
import { deleteGroups, listGroups, wipe } from './api.js';
import { deleteLater, deletePathsLater } from './deletion.js';
import { showDialog } from './dialogs.js';
import { h, setText } from './dom.js';
import { describeSelection, selection } from './filters.js';
import { count, plural } from './format.js';
import { chips } from './labels.js';
import { announce } from './notices.js';
import { pick, pickedPaths } from './picks.js';
import { refresh } from './refresh.js';
import { navigate, view } from './router.js';
import { plain } from './text.js';

const previewed = 8;

const preview = (groups, all) => h('ul.preview', { tabindex: 0, 'aria-label': 'Groups' },
  groups.slice(0, previewed).map((labels) => h('li.chips', chips(labels))),
  all > previewed ? h('li.muted', `and ${plural(all - Math.min(previewed, groups.length), 'more group').replace('more groups', 'more')}`) : null);

/** @param groups those of the picked ones that are known: labels and path */
export function askToDeletePicked(groups) {
  const paths = pickedPaths();
  const known = groups.filter(({ path }) => paths.includes(path)).map(({ labels }) => labels);
  showDialog({
    title: `Delete ${plural(paths.length, 'group')}?`,
    body: preview(known, paths.length),
    confirm: `Delete ${plural(paths.length, 'group')}`,
    action: async () => {
      pick(paths, false);
      closeIf(paths.includes(view.group));
      deletePathsLater(paths);
    },
  });
}

const closeIf = (isGone) => isGone && navigate({ group: '' });

export function askToDeleteSelection() {
  const selected = selection();
  const key = JSON.stringify(selected);
  const told = h('p', 'Counting…');
  const list = h('div');
  const dialog = showDialog({
    title: 'Delete what the search selects?',
    body: h('div', told, h('p.muted', 'Selected by ', h('code', plain(describeSelection()))), list),
    confirm: 'Delete',
    action: async () => {
      closeIf(view.group !== '');
      deleteLater({
        groups: dialog.counted.groups,
        covers: () => JSON.stringify(selection()) === key,
        send: (options) => deleteGroups(selected, false, options),
      });
    },
  });
  const button = dialog.querySelector('.danger');
  button.disabled = true;
  deleteGroups(selected, true).then((dry) => {
    dialog.counted = dry;
    setText(told, `${plural(dry.groups, 'group')} with ${count(dry.series)} series. Their metrics are gone then; jobs that push again come back.`);
    list.replaceChildren(preview(dry.labels ?? [], dry.groups));
    setText(button, `Delete ${plural(dry.groups, 'group')}`);
    button.disabled = dry.groups === 0;
  }, (error) => setText(told, `They cannot be ${error.isRefusal ? 'deleted' : 'counted'}. ${error.message}`));
}

export async function askToWipe() {
  const { total } = await listGroups({ limit: 0 });
  showDialog({
    title: 'Wipe all groups?',
    body: h('p', `This deletes all ${plural(total.groups, 'group')} with ${count(total.series)} series, for good. There is no undo.`),
    confirm: 'Wipe all',
    word: 'wipe',
    action: async () => {
      await wipe();
      announce('All groups are deleted.');
      navigate({ group: '', page: 1 });
      refresh();
    },
  });
}
