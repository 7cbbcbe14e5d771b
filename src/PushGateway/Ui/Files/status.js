// Build and flags of the gateway.
import { readStats, readStatus, serverNow } from './api.js';
import { byId, h, setText, updateKeyed } from './dom.js';
import { age, bytes, count, duration } from './format.js';
import { plain, shown } from './text.js';

const buildNames = [
  ['version', 'Version'], ['revision', 'Revision'], ['branch', 'Branch'], ['goVersion', 'Runtime'],
  ['buildUser', 'Built by'], ['buildDate', 'Built on'],
];

const atMost = (number) => (number === 0 ? 'any number' : count(number));

const limitNames = [
  ['request_header_bytes', 'Most request headers', bytes], ['request_headers', 'Most header lines', count],
  ['body_bytes', 'Largest body', bytes], ['rendered_push_bytes', 'Largest push, each sample with all labels', bytes],
  ['push_series', 'Most series of a push', atMost], ['labels', 'Most labels of a series', atMost],
  ['name_bytes', 'Longest name', bytes], ['value_bytes', 'Longest value', bytes],
  ['stored_series', 'Most series stored', atMost], ['stored_groups', 'Most groups stored', atMost],
  ['requests', 'Most requests at a time', atMost],
  ['body_bytes_per_second', 'Slowest body', (rate) => `${bytes(rate)} a second`],
];

export async function refreshStatus() {
  const [status, stats] = await Promise.all([readStatus(), readStats()]);
  const { server } = stats;
  const facts = [
    ...buildNames.map(([name, title]) => [title, status.build_information[name]]),
    ['Started', stats.start], ['Uptime', duration(serverNow() - stats.start)],
    ['Listens on', server.listeners.join('\n')],
    ...(stats.cluster ? [['Groups are in', `the database ${stats.cluster.database}, cluster ${stats.cluster.name}`]] : []),
    ...limitNames.map(([name, title, show]) => [title, show(server.limits[name])]),
  ];
  updateKeyed(byId('build'), facts, ([name]) => name, createRow, updateRow);

  const changed = new Set(server.changed_flags);
  const flags = Object.entries({ ...status.flags, ...server.own_flags })
    .map(([name, value]) => ({ name, value, isChanged: changed.has(name) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  setText(byId('changed-count'), String(flags.filter((flag) => flag.isChanged).length));
  updateKeyed(byId('flags'), flags, (flag) => flag.name, createFlag, () => {});
}

function createRow([name, value]) {
  return h('tr', {}, h('th', { scope: 'row' }, name), h('td', {}, name === 'Started' ? age(value) : ''));
}

function updateRow(row, [name, value]) {
  if (name !== 'Started') {
    setText(row.lastElementChild, plain(value || '–', 2000).replaceAll('\\n', '\n'));
  }
}

function createFlag({ name, value, isChanged }) {
  return h('tr', { class: isChanged ? 'changed' : '' },
    h('th', { scope: 'row' }, h('code', {}, `--${name}`), isChanged ? h('span', { class: 'badge' }, 'changed') : null),
    h('td', {}, h('code', {}, value === '' ? h('i', { class: 'none' }, 'not set') : shown(value))));
}

/** Whether the gateway permits deleting several groups at once. */
export async function isAdminApiOn() {
  const { flags } = await readStatus();
  return flags['web.enable-admin-api'] === 'true';
}

export function startStatus() {
  byId('only-changed').addEventListener('change', (event) => {
    byId('flags').classList.toggle('only-changed', event.target.checked);
  });
}
