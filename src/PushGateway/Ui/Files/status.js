// Build and flags of the gateway.
import { readStats, readStatus, serverNow } from './api.js';
import { byId, debounce, h, setText, updateKeyed } from './dom.js';
import { age, bytes, count, duration } from './format.js';
import { navigate, onNavigate, view } from './router.js';
import { plain, shown } from './text.js';

const buildNames = [
  ['version', 'Version'], ['revision', 'Revision'], ['branch', 'Branch'], ['goVersion', 'Runtime'],
  ['buildUser', 'Built by'], ['buildDate', 'Built on'],
];

/** Limits that no flag sets. */
const limitNames = [
  ['request_header_bytes', 'Maximum request headers', bytes], ['request_headers', 'Maximum header lines', count],
  ['rendered_push_bytes', 'Maximum push, each sample with all labels', bytes],
  ['body_bytes_per_second', 'Minimum body rate', (rate) => `${bytes(rate)} per second`],
];

export async function refreshStatus() {
  const [status, stats] = await Promise.all([readStatus(), readStats({ flags: 'true' })]);
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
    .map(([name, value]) => ({ name, value, isChanged: changed.has(name), help: server.flag_help?.[name] ?? '' }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  setText(byId('changed-count'), String(flags.filter((flag) => flag.isChanged).length));
  updateKeyed(byId('flags'), flags, (flag) => flag.name, createFlag, () => {});
  showFlags();
}

function createRow([name, value]) {
  return h('tr', h('th', { scope: 'row' }, name), h('td', name === 'Started' ? age(value, { tabindex: 0 }) : ''));
}

function updateRow(row, [name, value]) {
  if (name !== 'Started') {
    setText(row.lastElementChild, plain(value || '–', 2000).replaceAll('\\n', '\n'));
  }
}

function createFlag({ name, value, isChanged, help }) {
  return h('tr', { class: isChanged ? 'changed' : '' },
    h('th', { scope: 'row' }, h('code', `--${name}`), isChanged ? h('span.badge', 'changed') : null,
      help === '' ? null : h('p.muted', help.replaceAll('`', ''))),
    h('td', h('code', value === '' ? h('i.none', 'not set') : shown(value))));
}

/** Only the flags that the filter selects. */
function showFlags() {
  byId('only-changed').checked = view.changed !== '';
  if (document.activeElement !== byId('flag-find')) {
    byId('flag-find').value = view.find;
  }
  const words = view.find.toLowerCase().split(/\s+/);
  for (const row of byId('flags').children) {
    const text = row.textContent.toLowerCase();
    row.hidden = (view.changed !== '' && !row.classList.contains('changed')) || !words.every((word) => text.includes(word));
  }
}

/** Whether the gateway permits deleting several groups at once. */
export async function isAdminApiOn() {
  const { flags } = await readStatus();
  return flags['web.enable-admin-api'] === 'true';
}

export function startStatus() {
  byId('only-changed').addEventListener('change', ({ target }) => navigate({ changed: target.checked ? '1' : '' }));
  byId('flag-find').addEventListener('input', debounce(100, () => navigate({ find: byId('flag-find').value }, { replace: true })));
  onNavigate(() => view.tab === 'status' && showFlags());
}
