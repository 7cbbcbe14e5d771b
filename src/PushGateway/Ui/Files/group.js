// One group, opened: its families, and what can be done with it.
import { readGroup, RequestFailed } from './api.js';
import { deadlines } from './deadlines.js';
import { byId, setText, updateKeyed } from './dom.js';
import { createFamily, isOutdated, samplesPerPage, showSamples, updateFamily } from './family.js';
import { buildHead, updateHead } from './group-head.js';
import { showFound, startFind } from './group-find.js';
import { deleteOne } from './groups.js';
import { showHistory } from './history.js';
import { announce } from './notices.js';
import { refresh } from './refresh.js';
import { navigate, onNavigate, view } from './router.js';
import { plain } from './text.js';

/** A group of up to so many series is shown with its families open, and asked for at once. */
const smallGroup = 200;
/** What the gateway adds to each group: facts of its head. */
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
  detail.classList.remove('asking');
  if (detail.dataset.path !== group.path) {
    detail.dataset.path = group.path;
    buildHead(group, () => deleteOne(group));
    byId('families').replaceChildren();
  }
  if (isJustOpened) {
    isJustOpened = false;
    byId('group-title').focus({ preventScroll: true });
  }
  updateHead(group);
  showHistory(group.history);
  const load = () => loadSamples(group, asking.signal).catch(reportFailure);
  const isSmall = group.series <= smallGroup;
  const families = group.families.filter(({ name }) => !ownFamilies.includes(name));
  updateKeyed(byId('families'), families, (family) => family.name, (family) => {
    const element = createFamily(family, group.labels, load);
    element.open = isSmall && isWorthOpening(family);
    return element;
  }, (element, family) => updateFamily(element, family, group.pushed));
  showFound(families.length, group.series);
}

const isWorthOpening = (family) => family.series > 1 || family.metrics[0]?.value === undefined;

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
  showFound();
}

function reportFailure(error) {
  if (error.name !== 'AbortError') {
    announce(error.message, true);
  }
}

function showMissing(path, error) {
  byId('group').hidden = true;
  byId('detail').classList.remove('asking');
  byId('group-missing').hidden = false;
  byId('detail').dataset.path = '';
  setText(byId('group-missing-text'), error.status === 404
    ? 'There is no such group: it has been deleted, or nothing has been pushed to it yet.' : error.message);
  setText(byId('group-missing-path'), plain(path));
}

/** Deletes the group that is open. */
export const deleteOpenGroup = () => deleteOne({ path: view.group });

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
  const detail = byId('detail');
  detail.hidden = !isOpen;
  if (isOpen) {
    const isShown = detail.dataset.path === openPath;
    detail.classList.toggle('asking', !isShown);
    byId('group').hidden = !isShown;
    byId('group-missing').hidden = true;
    detail.scrollTop = 0;
    isJustOpened = true;
    refresh();
  } else {
    detail.dataset.path = '';
    document.title = 'Pushgateway';
    scrollTo({ top: listScroll });
    (document.querySelector(`[data-key="${CSS.escape(closed)}"] .row-link`) ?? byId('search')).focus({ preventScroll: true });
  }
}

export function startGroup() {
  byId('group-deadlines').append(deadlines());
  byId('close').addEventListener('click', () => navigate({ group: '', find: '' }));
  startFind();
  onNavigate(showView);
  showView();
}
