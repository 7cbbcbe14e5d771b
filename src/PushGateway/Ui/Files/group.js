// One group, opened: its families, and what can be done with it.
import { deleteGroup, readGroup, RequestFailed } from './api.js';
import { copyButton } from './copy.js';
import { deadlines, showDeadlines } from './deadlines.js';
import { askBefore } from './dialogs.js';
import { byId, h, setText, updateKeyed } from './dom.js';
import { createFamily, isOutdated, samplesPerPage, showSamples, updateFamily } from './family.js';
import { age, bytes, count, plural, setAge } from './format.js';
import { chips, labelText, wholeChips } from './labels.js';
import { announce } from './notices.js';
import { refresh } from './refresh.js';
import { navigate, onNavigate, view } from './router.js';
import { curlDelete, curlPush, selector } from './snippets.js';
import { plain, shownInPart, shownReason } from './text.js';

/** A group of up to so many series is shown with its families open, and asked for at once. */
const smallGroup = 200;
const ownFamilies = ['push_time_seconds', 'push_failure_time_seconds'];

let openPath = '';
let asking = new AbortController();
let listScroll = 0;
let isJustOpened = false;

/** Brings the open group up to date. */
export async function refreshGroup() {
  if (view.group === '') {
    return;
  }
  const path = view.group;
  const { signal } = asking;
  try {
    // One sample a family tells which have been pushed since; only of those that are open are the others asked for.
    const group = await readGroup(path, { limit: 1 }, signal);
    if (group.path !== path) {
      // The same group, written in another way.
      openPath = group.path;
      navigate({ group: group.path }, { replace: true });
    }
    showGroup(group);
    await loadSamples(group, signal);
  } catch (error) {
    if (!(error instanceof RequestFailed) || (error.status !== 404 && error.status !== 400)) {
      throw error;
    }
    showMissing(path, error);
  }
}

function showGroup(group) {
  const detail = byId('detail');
  byId('group-missing').hidden = true;
  byId('group').hidden = false;
  if (detail.dataset.path !== group.path) {
    detail.dataset.path = group.path;
    buildHead(group);
    byId('families').replaceChildren();
  }
  if (isJustOpened) {
    isJustOpened = false;
    byId('group-title').focus({ preventScroll: true });
  }
  setAge(byId('group-pushed').firstElementChild, group.pushed);
  setText(byId('group-series'), `${plural(group.family_count, 'family').replace('familys', 'families')}, ${count(group.series)} series, ${bytes(group.bytes)}`);
  byId('group-empty').hidden = group.samples > 0;
  showDeadlines(byId('group-deadlines').firstElementChild, group);
  showRefusal(group);
  showQuarantine(group);
  const load = () => loadSamples(group, asking.signal).catch(reportFailure);
  const isSmall = group.series <= smallGroup;
  updateKeyed(byId('families'), inOrder(group.families), (family) => family.name, (family) => {
    const element = createFamily(family, group.labels, load);
    element.open = isSmall && isWorthOpening(family);
    return element;
  }, updateFamily);
}

/** What the job pushed comes before what the gateway has added. */
const inOrder = (families) => [
  ...families.filter((family) => !ownFamilies.includes(family.name)),
  ...families.filter((family) => ownFamilies.includes(family.name)),
];

const isWorthOpening = (family) => family.series > 1 || family.metrics[0]?.value === undefined;

function buildHead(group) {
  byId('group-title').replaceChildren(...wholeChips(group.labels));
  byId('group-pushed').replaceChildren(age(group.pushed));
  byId('group-actions').replaceChildren(
    copyButton('Copy selector', () => selector(group.labels), 'PromQL selector of this group'),
    copyButton('Copy push', () => curlPush(group.path), 'curl that pushes to this group'),
    copyButton('Copy delete', () => curlDelete(group.path), 'curl that deletes this group'),
    h('button', { type: 'button', class: 'danger quiet', onclick: () => askToDelete(group) }, 'Delete…'));
  document.title = `${labelText(group.labels).slice(0, 80)} – Pushgateway`;
}

function showRefusal(group) {
  const box = byId('group-refusal');
  box.hidden = group.ok;
  const key = JSON.stringify([group.ok, group.failed, group.error]);
  if (box.dataset.shown === key) {
    return;
  }
  box.dataset.shown = key;
  box.replaceChildren(...(group.ok ? [] : [
    h('p', {}, h('strong', {}, 'The last push was refused'), ' ', age(group.error?.time ?? group.failed),
      '. What is shown is from the push before.'),
    group.error ? h('pre', { class: 'message' }, shownReason(group.error.message))
      : h('p', { class: 'muted' }, 'The reason is not known any more: the gateway has been restarted since.')]));
}

function showQuarantine(group) {
  const box = byId('group-quarantine');
  box.hidden = group.quarantined === null;
  if (box.dataset.shown === String(group.quarantined)) {
    return;
  }
  box.dataset.shown = String(group.quarantined);
  box.replaceChildren(...(group.quarantined === null ? [] : [
    h('p', {}, h('strong', {}, 'Left out of scrapes'), ', since it does not fit with the other groups. Delete it, or push it anew.'),
    h('pre', { class: 'message' }, shownInPart(group.quarantined))]));
}

/** Asks for the samples of families that are open and show none, or old ones. */
async function loadSamples(group, signal) {
  const outdated = [...byId('families').children].filter(isOutdated);
  if (outdated.length === 0) {
    return;
  }
  const isAtOnce = group.series <= smallGroup && outdated.every((element) => Number(element.dataset.shown) === samplesPerPage);
  const answers = isAtOnce
    ? [await readGroup(group.path, { limit: samplesPerPage }, signal)]
    : await Promise.all(outdated.map((element) => readGroup(
      group.path, { family: element.dataset.key, limit: Math.min(10000, Number(element.dataset.shown)) }, signal)));
  const families = new Map(answers.flatMap((answer) => answer.families).map((family) => [family.name, family]));
  for (const element of outdated) {
    const family = families.get(element.dataset.key);
    if (family && element.isConnected) {
      showSamples(element, family, group.labels, () => loadSamples(group, asking.signal).catch(reportFailure));
    }
  }
}

function reportFailure(error) {
  if (error.name !== 'AbortError') {
    announce(error.message, true);
  }
}

function showMissing(path, error) {
  byId('group').hidden = true;
  byId('group-missing').hidden = false;
  byId('detail').dataset.path = '';
  setText(byId('group-missing-text'), error.status === 404
    ? 'There is no such group: it has been deleted, or nothing has been pushed to it yet.' : error.message);
  setText(byId('group-missing-path'), plain(path));
}

function askToDelete(group) {
  askBefore({
    title: 'Delete this group?',
    body: h('div', {}, h('p', { class: 'chips' }, chips(group.labels)),
      h('p', {}, `Its ${count(group.series)} series are gone then. A job that pushes again brings it back.`)),
    confirm: 'Delete group',
    action: async () => {
      await deleteGroup(group.path);
      announce('The group is deleted.');
      navigate({ group: '' });
      refresh();
    },
  });
}

/** Opens and closes, with the list where it was, and the focus where a reader goes on. */
function showView() {
  if (view.tab !== 'groups' || view.group === openPath) {
    return;
  }
  const closed = openPath;
  openPath = view.group;
  asking.abort();
  asking = new AbortController();
  const isOpen = openPath !== '';
  if (closed === '') {
    listScroll = scrollY;
  }
  document.body.classList.toggle('has-detail', isOpen);
  byId('detail').hidden = !isOpen;
  if (isOpen) {
    byId('group').hidden = byId('detail').dataset.path !== openPath;
    byId('group-missing').hidden = true;
    byId('detail').scrollTop = 0;
    isJustOpened = true;
    refresh();
  } else {
    byId('detail').dataset.path = '';
    document.title = 'Pushgateway';
    scrollTo({ top: listScroll });
    document.querySelector(`[data-key="${CSS.escape(closed)}"] .row-link`)?.focus({ preventScroll: true });
  }
}

export function startGroup() {
  byId('group-deadlines').append(deadlines());
  byId('close').addEventListener('click', () => navigate({ group: '' }));
  onNavigate(showView);
  showView();
}
