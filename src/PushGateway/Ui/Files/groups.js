// The list of groups: what the search selects, a page of it at a time.
import { listGroups, RequestFailed } from './api.js';
import { askToDeletePicked, askToDeleteSelection, askToWipe } from './bulk.js';
import { deletePathsLater, isLeaving } from './deletion.js';
import { byId, h, setAttribute, setText, updateKeyed } from './dom.js';
import { isEverything, isSettled, selection, showCounts, showFilters, showSearchError, startFilters } from './filters.js';
import { bytes, count, plural } from './format.js';
import { createRow, showOpen, updateRow } from './group-row.js';
import { filterChips } from './labels.js';
import { showPager } from './pager.js';
import { isPicked, onPick, pick, pickedPaths, showPickAll } from './picks.js';
import { refresh } from './refresh.js';
import { navigate, onNavigate, view } from './router.js';
import { isAdminApiOn } from './status.js';

let asking = new AbortController();
let asked = '';
let shown = [];
/** Whether the gateway permits deleting several groups; null until it has said so. */
let canDelete = null;

/** Brings the list up to date. */
export async function refreshGroups() {
  const parameters = {
    ...selection(), sort: view.sort, limit: view.size, offset: (view.page - 1) * view.size, counts: 'true',
  };
  try {
    const [answer, isOn] = await Promise.all([
      listGroups(parameters, asking.signal), canDelete ?? isAdminApiOn(),
    ]);
    canDelete = isOn;
    showSearchError(null);
    showGroups(answer);
  } catch (error) {
    if (!(error instanceof RequestFailed) || error.status !== 400) {
      throw error;
    }
    showFault(error);
  } finally {
    byId('groups').classList.toggle('asking', !isSettled());
  }
}

function showFault(error) {
  showSearchError(error.message);
  byId('delete-selected').disabled = true;
  if (shown.length === 0) {
    byId('group-table').hidden = true;
    setText(byId('totals'), '');
  }
}

function showGroups(answer) {
  const { total, matched, missing = [], groups } = answer;
  shown = groups.filter((group) => !isLeaving(group));
  const isEmpty = total.groups === 0 && missing.length === 0;
  byId('first-push').hidden = !isEmpty;
  byId('list').hidden = isEmpty;
  byId('no-match').hidden = isEmpty || matched.groups > 0;
  byId('group-table').hidden = matched.groups === 0;
  showCounts(answer);
  showMissing(missing);
  setText(byId('totals'), isEverything()
    ? `${plural(total.groups, 'group')}, ${count(total.series)} series`
    : `${count(matched.groups)} of ${plural(total.groups, 'group')}, ${count(matched.series)} series, ${bytes(matched.bytes)}`);
  byId('delete-selected').disabled = matched.groups === 0;
  byId('delete-selected').dataset.groups = matched.groups;
  updateKeyed(byId('rows'), shown, (group) => group.path,
    (group) => createRow(group, (path, isOn) => pick([path], isOn), deleteOne),
    (row, group) => updateRow(row, group, isPicked(group.path)));
  showPager(byId('pager'), matched.groups);
  showActions();
  // Only an answer to a search is read aloud, not each refresh.
  setTimeout(() => setAttribute(byId('totals'), 'aria-live', 'off'), 1000);
}

/** What can be done with several groups, and with how many. */
function showActions() {
  const picked = pickedPaths().length;
  const button = byId('delete-selected');
  setText(button, isEverything() ? 'Wipe all…' : `Delete ${plural(Number(button.dataset.groups ?? 0), 'group')}…`);
  button.hidden = !canDelete || picked > 0;
  byId('delete-picked').hidden = picked === 0;
  byId('clear-picked').hidden = picked === 0;
  setText(byId('delete-picked'), `Delete ${count(picked)} selected…`);
  showPickAll(shown.map(({ path }) => path));
}

function showPicks() {
  for (const row of byId('rows').children) {
    row.querySelector('.pick input').checked = isPicked(row.dataset.key);
  }
  showActions();
}

/** Deletes one group, and gives the focus to the next. */
export function deleteOne({ path }) {
  const row = [...byId('rows').children].find((one) => one.dataset.key === path);
  const next = row?.nextElementSibling ?? row?.previousElementSibling;
  pick([path], false);
  if (view.group === path) {
    navigate({ group: '' });
  }
  deletePathsLater([path]);
  row?.remove();
  (next?.querySelector('.row-link') ?? byId('search')).focus({ preventScroll: true });
}

/** The groups that must exist and do not, above those that do. */
function showMissing(missing) {
  byId('missing').hidden = missing.length === 0 || !(isEverything() || view.state === 'late');
  updateKeyed(byId('missing-groups'), missing, (labels) => JSON.stringify(labels), (labels) => h('li', filterChips(labels)), () => {});
}

/** Shows the controls as the view has them, and asks again if something else is to be listed. */
function showView() {
  if (view.tab !== 'groups') {
    return;
  }
  showFilters();
  for (const button of document.querySelectorAll('#group-table [data-sort]')) {
    setAttribute(button.closest('th'), 'aria-sort', !button.dataset.sort.split(' ').includes(view.sort) ? null
      : view.sort.startsWith('-') ? 'descending' : 'ascending');
  }
  for (const row of byId('rows').children) {
    showOpen(row, row.dataset.key);
  }
  const wanted = JSON.stringify([view.q, view.state, view.within, view.before, view.sort, view.page, view.size]);
  if (wanted !== asked) {
    asked = wanted;
    asking.abort();
    asking = new AbortController();
    byId('groups').classList.add('asking');
    setAttribute(byId('totals'), 'aria-live', 'polite');
    refresh();
  }
}

export function startGroups() {
  startFilters();
  for (const button of document.querySelectorAll('#group-table [data-sort]')) {
    const [first, second] = button.dataset.sort.split(' ');
    button.addEventListener('click', () => navigate({ sort: view.sort === first ? second : first, page: 1 }));
  }
  byId('pick-all').addEventListener('change', ({ target }) => pick(shown.map(({ path }) => path), target.checked));
  byId('clear-picked').addEventListener('click', () => {
    pick(pickedPaths(), false);
    byId('pick-all').focus();
  });
  byId('delete-picked').addEventListener('click', () => askToDeletePicked(shown));
  byId('delete-selected').addEventListener('click', () => (isEverything() ? askToWipe() : askToDeleteSelection()));
  onPick(showPicks);
  onNavigate(showView);
  showView();
}
