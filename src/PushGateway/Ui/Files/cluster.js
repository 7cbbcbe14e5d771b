// The replicas of a cluster, as the one knows them that serves this page.
import { readCluster, serverNow } from './api.js';
import { byId, h, setText, updateKeyed } from './dom.js';
import { age, count, duration, plural, setAge } from './format.js';
import { plain, shown } from './text.js';

const staleAfterSeconds = 5;
const stateClasses = { running: 'good', away: 'bad', unknown: 'warn' };

/** @param isReplica whether the gateway is one; there is nothing to show of one on its own. */
export async function refreshCluster(isReplica) {
  byId('cluster').hidden = !isReplica;
  if (!isReplica) {
    return;
  }
  const cluster = await readCluster();
  setText(byId('cluster-facts'), `${cluster.name}, in the database ${cluster.database}: ${plural(cluster.revision, 'write')}`
    + `${cluster.scrape === 'lease' ? `; this replica ${cluster.shows_groups ? 'shows' : 'does not show'} the groups in scrapes` : ''}.`);
  updateKeyed(byId('cluster-troubles'), troublesOf(cluster), ({ key }) => key, createTrouble, updateTrouble);
  updateKeyed(
    byId('cluster-rows'), cluster.replicas, ({ name }) => name, createRow, (row, replica) => updateRow(row, replica, cluster));
}

function troublesOf({ accepts_pushes: acceptsPushes, reason, staleness_seconds: staleness, duplicate_name: isDuplicate, replica }) {
  const troubles = [];
  if (!acceptsPushes) {
    troubles.push({ key: 'away', text: `This replica rejects pushes: ${reason}.` });
    if (staleness > staleAfterSeconds) {
      troubles.push({ key: 'stale', text: `What it shows was up to date ${duration(staleness)} ago.` });
    }
  }
  if (isDuplicate) {
    troubles.push({
      key: 'namesake',
      text: `Another replica that runs is called ${replica}, too, and one hides the other here. Give each its own --cluster.replica.`,
    });
  }
  return troubles;
}

const createTrouble = () => h('p.error', h('bdi.pushed'));

const updateTrouble = (element, { text }) => setText(element.firstElementChild, plain(text, 2000));

function createRow({ name }) {
  return h('tr',
    h('th', { scope: 'row' }, h('code', shown(name)), h('span', { 'data-part': 'marks' })),
    h('td', { 'data-part': 'version' }), h('td', { 'data-part': 'behind' }), h('td', { 'data-part': 'seen' }));
}

function updateRow(row, replica, cluster) {
  const [marked, version, behind, seen] = row.querySelectorAll('[data-part]');
  const marks = [
    ...(replica.name === cluster.replica ? ['this one'] : []),
    ...(replica.lease_holder ? ['holds the lease'] : []),
  ];
  updateKeyed(marked, marks, (mark) => mark, (mark) => h('span.badge', mark), () => {});
  setText(version, replica.version);
  setText(behind, replica.lag === 0 ? 'up to date' : `${count(replica.lag)} ${replica.lag === 1 ? 'write' : 'writes'} behind`);
  // Without the database, nobody sees anybody.
  const state = replica.running ? 'running' : cluster.staleness_seconds > staleAfterSeconds ? 'unknown' : 'away';
  if (seen.dataset.state !== state) {
    seen.dataset.state = state;
    seen.replaceChildren(h('span', { class: `badge ${stateClasses[state]}` }, state),
      ...(replica.running ? [] : [' ', age(serverNow() - replica.seen_seconds)]));
  }
  const since = seen.querySelector('time');
  // The time comes with each answer, and a second more or less would make it flicker.
  if (since !== null && Math.abs(Number(since.dataset.at) - (serverNow() - replica.seen_seconds)) > 2) {
    setAge(since, serverNow() - replica.seen_seconds);
  }
}
