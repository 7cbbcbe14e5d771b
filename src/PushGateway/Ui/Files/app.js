// Starts the page: shows the tab that the address names, and keeps it up to date.
import { readStatus, RequestFailed } from './api.js';
import { startCompletion } from './completion.js';
import { showConnected, showTrouble } from './connection.js';
import { byId, setAttribute } from './dom.js';
import { showFooter } from './footer.js';
import { showAges } from './format.js';
import { refreshGroup, startGroup } from './group.js';
import { refreshGroups, startGroups } from './groups.js';
import { startIcons } from './icons.js';
import { refreshJobs, startJobs } from './jobs.js';
import { startKeys } from './keys.js';
import { languageTabs } from './languages.js';
import { refreshOverview } from './overview.js';
import { startPush } from './push.js';
import { refresh, showLive, startRefresh } from './refresh.js';
import { refreshRejections } from './rejections.js';
import { addressOf, followLink, onNavigate, tabs, view } from './router.js';
import { startSettings } from './settings.js';
import { pushPath } from './snippets.js';
import { refreshStatus, startStatus } from './status.js';
import { startTips } from './tips.js';

const refreshers = {
  groups: () => Promise.all([refreshGroups(), refreshGroup()]),
  jobs: refreshJobs,
  overview: refreshOverview,
  rejections: refreshRejections,
  status: refreshStatus,
  push: readStatus,
};
let shownTab = '';

/** Never rejects: what went wrong is shown, and goes away with the next answer. */
async function bringUpToDate() {
  const { tab } = view;
  try {
    await refreshers[tab]();
    byId(tab).classList.add('loaded');
    showConnected();
    showLive();
    showAges();
    await showFooter();
  } catch (error) {
    if (error.name === 'AbortError') {
      return;
    }
    if (!(error instanceof RequestFailed)) {
      throw error;
    }
    showTrouble(error);
  }
}

function showTab() {
  const { tab } = view;
  for (const link of document.querySelectorAll('#tabs a')) {
    link.href = addressOf({ tab: link.dataset.tab });
    setAttribute(link, 'aria-current', link.dataset.tab === tab ? 'page' : null);
  }
  if (tab === shownTab) {
    return;
  }
  for (const name of tabs) {
    byId(name).hidden = name !== tab;
  }
  if (view.group === '') {
    document.title = tab === 'groups' ? 'Pushgateway' : `${byId(tab).getAttribute('aria-label')} – Pushgateway`;
  }
  document.body.classList.toggle('has-detail', tab === 'groups' && view.group !== '');
  if (shownTab !== '') {
    scrollTo({ top: 0 });
    refresh();
  }
  shownTab = tab;
}

for (const link of document.querySelectorAll('#tabs a')) {
  link.addEventListener('click', (event) => followLink(event, { tab: link.dataset.tab }));
}
onNavigate(showTab);
showTab();
startGroups();
startGroup();
startStatus();
startPush();
startKeys();
startJobs();
startCompletion();
startSettings();
startTips();
startIcons();
byId('first-snippets').append(languageTabs(['curl', 'Python', 'Go', 'Java', 'Prometheus'],
  () => ['POST', pushPath([['job', 'some_job']]), 'some_metric 3.14\n']).element);
document.querySelectorAll('main :is(input, textarea)').forEach((field) => ['autocomplete', 'autocapitalize', 'spellcheck'].forEach(
  (name) => setAttribute(field, name, name === 'spellcheck' ? 'false' : 'off')));
byId('app').hidden = false;
startRefresh(bringUpToDate);
