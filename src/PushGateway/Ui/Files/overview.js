// The overview: how the gateway is doing, in pictures.
import { readStats, serverNow } from './api.js';
import { barTable, columns, pushRates } from './charts.js';
import { refreshCluster } from './cluster.js';
import { byId, h, setText } from './dom.js';
import { age, bytes, count, duration, plural } from './format.js';
import { addressOf, followLink } from './router.js';
import { selector } from './snippets.js';
import { plain, shown } from './text.js';

const ageNames = new Map([
  [60, '1 min'], [300, '5 min'], [900, '15 min'], [3600, '1 h'], [21600, '6 h'], [86400, '1 d'], [604800, '7 d'],
]);

export async function refreshOverview() {
  const stats = await readStats();
  setText(byId('tile-groups'), count(stats.groups));
  setText(byId('tile-series'), count(stats.series));
  setText(byId('tile-families'), count(stats.families));
  setText(byId('tile-bytes'), bytes(stats.bytes));
  setText(byId('tile-memory'), bytes(stats.memory.resident_bytes));
  setText(byId('tile-heap'), `heap ${bytes(stats.memory.heap_bytes)}`);
  setText(byId('tile-uptime'), duration(serverNow() - stats.start));
  show('chart-pushes', stats.pushes, pushRates);
  show('chart-ages', stats.ages, ageColumns);
  show('top-metrics', stats.top_metrics, (top) => topTable(
    top, 'Metric', (one) => one.name, (one) => one.series, (one) => selector({}, one.name).replace(/^([^{"]+)\{\}$/, '{__name__="$1"}')));
  show('top-jobs', stats.top_jobs, (top) => topTable(
    top, 'Job', (one) => one.value, (one) => one.series, (one) => selector({ job: one.value })));
  show('top-labels', stats.top_labels, (top) => topTable(
    top, 'Label', (one) => one.name, (one) => one.values, (one) => selector({ [one.name]: '' }).replace('="', '!="'), 'Values'));
  show('persistence', stats.cluster ?? stats.persistence, stats.cluster ? databaseFacts : persistenceFacts);
  await refreshCluster(stats.cluster !== undefined);
}

/** Draws anew only what has changed, so that a hover or a selection stays. */
function show(id, data, draw) {
  const place = byId(id);
  const key = JSON.stringify(data);
  if (place.dataset.drawn !== key && !place.matches(':hover, :focus-within')) {
    place.dataset.drawn = key;
    place.replaceChildren(draw(data));
  }
}

function ageColumns(ages) {
  let before = null;
  const bars = ages.map(({ le, groups }) => {
    const name = ageNames.get(le) ?? (le === '+Inf' ? 'older' : duration(le));
    const range = le === '+Inf' ? `more than ${before} ago` : `less than ${name} ago`;
    before = name;
    return { label: le === '+Inf' ? 'older' : `< ${name}`, value: groups, title: `last push ${range}: ${plural(groups, 'group')}` };
  });
  return columns(bars, `Groups by the age of their last push. ${bars.map((bar) => bar.title).join('; ')}.`);
}

function topTable(top, title, nameOf, sizeOf, selectorOf, valueTitle = 'Series') {
  if (top.length === 0) {
    return h('p', { class: 'muted' }, 'Nothing yet.');
  }
  return barTable(top.map((one) => {
    const view = { tab: 'groups', q: selectorOf(one), state: '', within: '', page: 1, group: '' };
    const link = h('a', { href: addressOf(view), title: `${plain(nameOf(one))}: ${plural(one.groups, 'group')}` },
      nameOf(one) === '' ? h('i', {}, 'empty') : shown(nameOf(one)));
    link.addEventListener('click', (event) => followLink(event, view));
    return { name: link, size: sizeOf(one), text: count(sizeOf(one)) };
  }), title, valueTitle);
}

function persistenceFacts({ enabled, file, snapshot, journal, fault }) {
  if (!enabled) {
    return h('p', {}, h('span', { class: 'badge warn' }, 'off'), ' Metrics are kept in memory only: a restart loses them. Start with ',
      h('code', {}, '--persistence.file'), ' to keep them.');
  }
  const facts = [
    ['State', fault ? h('span', {}, h('span', { class: 'badge bad' }, 'failing'), ' ', shown(fault)) : h('span', { class: 'badge good' }, 'kept on disk')],
    ['File', h('code', {}, shown(file))],
    ['Last snapshot', snapshot.time > 0 ? [age(snapshot.time), ` (took ${snapshot.seconds.toFixed(2)} s)`] : 'none since the start'],
    ['Snapshots failed', failures(snapshot.failures)],
    ['Journal', journal.enabled ? `${bytes(journal.bytes)}, ${count(journal.records)} records` : 'off'],
    ...(journal.enabled ? [['Journal writes failed', failures(journal.failures)]] : []),
  ];
  return h('dl', { class: 'facts-list' }, facts.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}

function databaseFacts({ name, database }) {
  const facts = [['State', h('span', { class: 'badge good' }, 'kept in a database')], ['Database', h('code', {}, shown(database))],
    ['Cluster', h('code', {}, shown(name))]];
  return h('dl', { class: 'facts-list' }, facts.flatMap(([title, value]) => [h('dt', {}, title), h('dd', {}, value)]));
}

const failures = (number) => h('span', { class: number > 0 ? 'badge bad' : '' }, count(number));
