// The list of groups: what the search selects, a page of it at a time.
import { deleteGroups, listGroups, RequestFailed, wipe } from './api.js';
import { copyButton } from './copy.js';
import { deadlines, showDeadlines } from './deadlines.js';
import { askBefore } from './dialogs.js';
import { byId, debounce, h, setAttribute, setText, updateKeyed } from './dom.js';
import { age, bytes, count, plural, setAge } from './format.js';
import { chips } from './labels.js';
import { announce } from './notices.js';
import { isAdminApiOn } from './status.js';
import { addressOf, followLink, navigate, onNavigate, view } from './router.js';
import { refresh } from './refresh.js';
import { curlPush, pushPath } from './snippets.js';
import { plain, shown, splitHint } from './text.js';

const groupsPerPage = 50;
const staleAfter = '1h';
let asking = new AbortController();
let asked = '';
let matched = { groups: 0, series: 0 };
/** Whether the gateway permits deleting several groups; null until it has said so. */
let canDelete = null;

/** What the search and the filters select, as the API has it. */
function selection() {
  const search = view.q.trim();
  return {
    ...(isMatcher(search) ? { 'match[]': search } : { search }),
    state: view.state,
    stale_after: view.state === 'stale' ? staleAfter : null,
    pushed_within: view.within,
  };
}

/** A search with an operator or braces is a selector, as in Prometheus; any other is free text. */
const isMatcher = (search) => /[{}"]|!=|[=!]~|=/.test(search);

const isEverything = () => view.q.trim() === '' && view.state === '' && view.within === '';

/** Brings the list up to date. */
export async function refreshGroups() {
  const parameters = {
    ...selection(), sort: view.sort, limit: groupsPerPage, offset: (view.page - 1) * groupsPerPage,
  };
  try {
    const [answer, isOn] = await Promise.all([
      listGroups(parameters, asking.signal), canDelete ?? isAdminApiOn(),
    ]);
    canDelete = isOn;
    showError(null);
    showGroups(answer);
  } catch (error) {
    if (!(error instanceof RequestFailed) || error.status !== 400) {
      throw error;
    }
    showError(error.message);
  } finally {
    byId('groups').classList.remove('asking');
  }
}

function showGroups({ total, matched: found, missing = [], offset, groups }) {
  matched = found;
  const isEmpty = total.groups === 0;
  byId('first-push').hidden = !isEmpty;
  byId('list').hidden = isEmpty;
  byId('no-match').hidden = isEmpty || found.groups > 0;
  byId('group-table').hidden = found.groups === 0;
  byId('quarantined-state').hidden = total.quarantined === 0 && view.state !== 'quarantined';
  byId('late-state').hidden = total.late === 0 && missing.length === 0 && view.state !== 'late';
  byId('expiring-state').hidden = total.expiring === 0 && view.state !== 'expiring';
  showMissing(missing);
  setText(byId('totals'), isEverything()
    ? `${plural(total.groups, 'group')}, ${count(total.series)} series`
    : `${count(found.groups)} of ${plural(total.groups, 'group')}, ${count(found.series)} series, ${bytes(found.bytes)}`);
  const hasSelection = !isEverything();
  byId('delete-selected').hidden = !canDelete;
  setText(byId('delete-selected'), hasSelection ? `Delete ${plural(found.groups, 'group')}…` : 'Wipe all…');
  byId('delete-selected').disabled = found.groups === 0;
  updateKeyed(byId('rows'), groups, (group) => group.path, createRow, updateRow);
  showPager(offset, groups.length, found.groups);
  // Only an answer to a search is read aloud, not each refresh.
  setTimeout(() => setAttribute(byId('totals'), 'aria-live', 'off'), 1000);
}

/** The groups that must exist and do not, above those that do. */
function showMissing(missing) {
  const box = byId('missing');
  box.hidden = missing.length === 0 || !(isEverything() || view.state === 'late');
  updateKeyed(byId('missing-groups'), missing, (labels) => JSON.stringify(labels), (labels) => h('li', {}, chips(labels)), () => {});
}

function createRow(group) {
  const link = h('a', { class: 'row-link' }, chips(group.labels));
  link.addEventListener('click', (event) => followLink(event, { group: group.path }));
  return h('tr', { role: 'row' },
    h('th', { role: 'rowheader', scope: 'row' }, link, h('p', { class: 'no-metrics' }, h('span', { class: 'badge warn' }, 'no metrics')), deadlines()),
    h('td', { role: 'cell', class: 'when' }, age(group.pushed)),
    h('td', { role: 'cell', class: 'number' }, h('span', { class: 'series' }), h('span', { class: 'unit' }, ' series')),
    h('td', { role: 'cell', class: 'number size' }));
}

function updateRow(row, group) {
  const link = row.querySelector('.row-link');
  setAttribute(link, 'href', addressOf({ group: group.path }));
  const isOpen = view.group === group.path;
  setAttribute(link, 'aria-current', isOpen ? 'true' : null);
  row.classList.toggle('open', isOpen);
  setAge(row.querySelector('.when > time'), group.pushed);
  setText(row.querySelector('.series'), count(group.series));
  setText(row.querySelector('.size'), bytes(group.bytes));
  row.querySelector('.no-metrics').hidden = group.samples > 0;
  showDeadlines(row.querySelector('.deadlines'), group);
  showFailure(row, group);
  showQuarantine(row, group);
}

/** A line below the labels, where the group is left out of scrapes. */
function showQuarantine(row, group) {
  const cell = row.firstElementChild;
  const present = cell.querySelector('.quarantine');
  if (present?.dataset.reason === (group.quarantined ?? undefined)) {
    return;
  }
  present?.remove();
  if (group.quarantined !== null) {
    cell.append(h('p', { class: 'failure quarantine', 'data-reason': group.quarantined },
      h('span', { class: 'badge bad' }, 'not scraped'), ' ',
      h('span', { class: 'message', title: plain(group.quarantined, 1000) }, shown(group.quarantined))));
  }
}

/** A line below the labels, where the last push was refused. */
function showFailure(row, group) {
  const cell = row.firstElementChild;
  const present = cell.querySelector('.failure:not(.quarantine)');
  if (group.ok) {
    present?.remove();
    return;
  }
  const failedAt = group.error?.time ?? group.failed;
  const reason = group.error && splitHint(group.error.message).filter(Boolean).join(' ');
  const key = `${failedAt} ${reason}`;
  if (present?.dataset.failure === key) {
    return;
  }
  present?.remove();
  cell.append(h('p', { class: 'failure', 'data-failure': key },
    h('span', { class: 'badge bad' }, 'refused'), ' ', age(failedAt), ' ',
    group.error ? h('span', { class: 'message', title: plain(reason, 1000) }, shown(reason)) : null));
}

function showPager(offset, onPage, all) {
  byId('pager').hidden = all <= groupsPerPage && offset === 0;
  setText(byId('pager-text'), onPage === 0 ? 'nothing on this page'
    : `${count(offset + 1)}–${count(offset + onPage)} of ${count(all)}`);
  byId('previous').disabled = offset === 0;
  byId('next').disabled = offset + onPage >= all;
}

/** What is wrong with a selector, below it, with a caret where it is wrong. */
function showError(message) {
  const box = byId('search-error');
  box.hidden = message === null;
  byId('delete-selected').disabled = message !== null;
  if (message !== null && byId('rows').childElementCount === 0) {
    byId('group-table').hidden = true;
    setText(byId('totals'), '');
  }
  setAttribute(byId('search'), 'aria-invalid', message === null ? null : 'true');
  if (message === null) {
    box.replaceChildren();
    return;
  }
  const position = /^1:(\d+): (?:parse error: )?(.*)$/s.exec(message);
  const search = view.q.trim();
  box.replaceChildren(...(position && search.length < 200
    ? [h('pre', { 'aria-hidden': 'true' }, `${plain(search)}\n${' '.repeat(Number(position[1]) - 1)}^`),
      h('p', {}, `At character ${position[1]}: ${plain(position[2])}`)]
    : [h('p', {}, plain(message, 1000))]));
}

function askToDelete() {
  if (isEverything()) {
    askToWipe();
    return;
  }
  const selected = selection();
  const told = h('p', {}, 'Counting…');
  const body = h('div', {}, told, h('p', { class: 'muted' }, 'Selected by ', h('code', {}, plain(describe(selected)))));
  const dialog = askBefore({
    title: 'Delete what the search selects?',
    body,
    confirm: 'Delete',
    action: async () => {
      const deleted = await deleteGroups(selected, false);
      announce(`Deleted ${plural(deleted.groups, 'group')}.`);
      refresh();
    },
  });
  const button = dialog.querySelector('.danger');
  button.disabled = true;
  deleteGroups(selected, true).then((dry) => {
    setText(told, `${plural(dry.groups, 'group')} with ${count(dry.series)} series would be deleted. `
      + 'Metrics that were pushed are gone then; jobs that push again come back.');
    setText(button, `Delete ${plural(dry.groups, 'group')}`);
    button.disabled = dry.groups === 0;
  }, (error) => setText(told, `They cannot be ${error.isRefusal ? 'deleted' : 'counted'}. ${error.message}`));
}

const describe = (selected) => Object.entries(selected)
  .filter(([, value]) => value).map(([name, value]) => `${name}=${value}`).join(' ');

function askToWipe() {
  askBefore({
    title: 'Wipe all groups?',
    body: h('p', {}, `This deletes all ${plural(matched.groups, 'group')} with ${count(matched.series)} series, for good.`),
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

/** Shows the controls as the view has them. */
function showControls() {
  const search = byId('search');
  if (search.value !== view.q && document.activeElement !== search) {
    search.value = view.q;
  }
  for (const radio of document.querySelectorAll('input[name=state]')) {
    radio.checked = radio.value === view.state;
  }
  byId('within').value = view.within;
  for (const button of document.querySelectorAll('#group-table [data-sort]')) {
    const directions = button.dataset.sort.split(' ');
    const at = directions.indexOf(view.sort);
    setAttribute(button.closest('th'), 'aria-sort', at < 0 ? null
      : view.sort.startsWith('-') ? 'descending' : 'ascending');
  }
  const isSelector = view.q.trim() !== '' && isMatcher(view.q.trim());
  setText(byId('search-kind'), view.q.trim() === '' ? '' : isSelector ? 'label matcher' : 'text');
  for (const row of byId('rows').children) {
    const isOpen = row.dataset.key === view.group;
    row.classList.toggle('open', isOpen);
    setAttribute(row.querySelector('.row-link'), 'aria-current', isOpen ? 'true' : null);
  }
}

/** Asks anew if what is to be listed has changed; an answer that is no longer wanted is dropped. */
function showView() {
  showControls();
  const wanted = JSON.stringify([view.q, view.state, view.within, view.sort, view.page]);
  if (view.tab === 'groups' && wanted !== asked) {
    asked = wanted;
    asking.abort();
    asking = new AbortController();
    byId('groups').classList.add('asking');
    setAttribute(byId('totals'), 'aria-live', 'polite');
    refresh();
  }
}

export function startGroups() {
  const search = byId('search');
  const searchSoon = debounce(150, () => navigate({ tab: 'groups', q: search.value, page: 1 }, { replace: true }));
  search.addEventListener('input', searchSoon);
  byId('search-form').addEventListener('submit', (event) => {
    event.preventDefault();
    navigate({ tab: 'groups', q: search.value, page: 1 }, { replace: true });
  });
  for (const radio of document.querySelectorAll('input[name=state]')) {
    radio.addEventListener('change', () => navigate({ state: radio.value, page: 1 }));
  }
  byId('within').addEventListener('change', (event) => navigate({ within: event.target.value, page: 1 }));
  for (const button of document.querySelectorAll('#group-table [data-sort]')) {
    const [first, second] = button.dataset.sort.split(' ');
    button.addEventListener('click', () => navigate({ sort: view.sort === first ? second : first, page: 1 }));
  }
  byId('clear').addEventListener('click', () => {
    search.value = '';
    navigate({ q: '', state: '', within: '', page: 1 });
    search.focus();
  });
  byId('previous').addEventListener('click', () => turnTo(view.page - 1));
  byId('next').addEventListener('click', () => turnTo(view.page + 1));
  byId('delete-selected').addEventListener('click', askToDelete);
  const example = curlPush(pushPath([['job', 'some_job']]));
  byId('first-curl').append(h('code', {}, example), copyButton('Copy', () => example));
  onNavigate(showView);
  showView();
}

function turnTo(page) {
  navigate({ page });
  scrollTo({ top: 0 });
}
