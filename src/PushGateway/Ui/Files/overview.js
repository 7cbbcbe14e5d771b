// The overview: how the gateway is doing, in pictures.
import { readStats, serverNow } from './api.js';
import { barTable } from './charts.js';
import { refreshCluster } from './cluster.js';
import { byId, h, setText } from './dom.js';
import { age, bytes, count, duration, plural } from './format.js';
import { linkTo } from './links.js';
import { pushRates } from './rates.js';
import { listWith } from './router.js';
import { selector } from './snippets.js';
import { plain, shown } from './text.js';

const ageNames = new Map([
  [60, '1m', '1 min'], [300, '5m', '5 min'], [900, '15m', '15 min'], [3600, '1h', '1 h'], [21600, '6h', '6 h'], [86400, '24h', '1 d'],
  [604800, '168h', '7 d'],
].map(([seconds, ...names]) => [seconds, names]));
const ownFamilies = ['push_time_seconds', 'push_failure_time_seconds'];

export async function refreshOverview() {
  const stats = await readStats();
  setText(byId('tile-groups'), count(stats.groups));
  setText(byId('tile-series'), count(stats.series));
  setText(byId('tile-families'), count(stats.families));
  setText(byId('tile-bytes'), bytes(stats.bytes));
  setText(byId('tile-memory'), bytes(stats.memory.resident_bytes));
  setText(byId('tile-heap'), `of that heap ${bytes(stats.memory.heap_bytes)}`);
  setText(byId('tile-uptime'), duration(serverNow() - stats.start));
  show('chart-pushes', stats.pushes, pushRates);
  show('chart-ages', [stats.ages, stats.groups], ageTable);
  const topMetrics = stats.top_metrics.filter(({ name }) => !ownFamilies.includes(name));
  show('top-metrics', [topMetrics, stats.series], topTable('Metric', (one) => one.name, (one) => one.series, nameSelector));
  show('top-jobs', [stats.top_jobs, stats.series], topTable('Job', (one) => one.value, (one) => one.series, (one) => selector({ job: one.value })));
  show('top-labels', [stats.top_labels, null], topTable(
    'Label', (one) => one.name, (one) => one.values, (one) => selector({ [one.name]: '' }).replace('="', '!="'), 'Values'));
  show('persistence', stats.cluster ?? stats.persistence, stats.cluster ? databaseFacts : persistenceFacts);
  await refreshCluster(stats.cluster !== undefined);
}

const nameSelector = ({ name }) => selector({}, name).replace(/^([^{"]+)\{\}$/, '{__name__="$1"}');

/** Redraws only what has changed, so that a hover or a selection stays. */
function show(id, data, draw) {
  const place = byId(id);
  const key = JSON.stringify(data);
  if (place.dataset.drawn !== key && !place.matches(':hover, :focus-within')) {
    place.dataset.drawn = key;
    place.replaceChildren(draw(data));
  }
}

/** How many groups were pushed to when; each row leads to all that were by then, or were not. */
function ageTable([ages, all]) {
  let before = ['', ''];
  return barTable(ages.map(({ le, groups }) => {
    const isLast = le === '+Inf';
    const [within, name] = isLast ? before : ageNames.get(le) ?? [`${le}s`, duration(le)];
    const view = listWith(isLast ? { before: within } : { within });
    const row = linkTo(view, { title: isLast ? `Not pushed for ${name}` : `Pushed within ${name}` }, isLast ? `${name} or more` : `less than ${name}`);
    before = [within, name];
    return { name: row, size: groups, text: count(groups) };
  }), 'Last push', 'Groups', all);
}

const topTable = (title, nameOf, sizeOf, selectorOf, valueTitle = 'Series') => ([top, all]) => (top.length === 0
  ? h('p.muted', 'Nothing yet.')
  : barTable(top.map((one) => ({
    name: linkTo(listWith({ q: selectorOf(one) }), { title: `${plain(nameOf(one))}: ${plural(one.groups, 'group')}` },
      nameOf(one) === '' ? h('i', 'empty') : shown(nameOf(one))),
    size: sizeOf(one),
    text: count(sizeOf(one)),
  })), title, valueTitle, all));

function persistenceFacts({ enabled, file, snapshot, journal, fault }) {
  if (!enabled) {
    return h('p', h('span.badge.warn', 'off'), ' Metrics are in memory only: a restart loses them. Start with ',
      h('code', '--persistence.file'), ' to persist them.');
  }
  const facts = [
    ['State', fault ? h('span', h('span.badge.bad', 'failing'), ' ', shown(fault)) : h('span.badge.good', 'persisted on disk')],
    ['File', h('code', shown(file))],
    ['Last snapshot', snapshot.time > 0 ? [age(snapshot.time), ` (took ${snapshot.seconds.toFixed(2)} s)`] : 'none since the start'],
    ['Snapshots failed', failures(snapshot.failures)],
    ['Journal', journal.enabled ? `${bytes(journal.bytes)}, ${count(journal.records)} records` : 'off'],
    ...(journal.enabled ? [['Journal writes failed', failures(journal.failures)]] : []),
  ];
  return h('dl.facts-list', facts.flatMap(([name, value]) => [h('dt', name), h('dd', value)]));
}

function databaseFacts({ name, database }) {
  const facts = [['State', h('span.badge.good', 'persisted in a database')], ['Database', h('code', shown(database))],
    ['Cluster', h('code', shown(name))]];
  return h('dl.facts-list', facts.flatMap(([title, value]) => [h('dt', title), h('dd', value)]));
}

const failures = (number) => h('span', { class: number > 0 ? 'badge bad' : '' }, count(number));
