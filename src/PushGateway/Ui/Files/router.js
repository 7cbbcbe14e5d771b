// What is shown, kept in the address, so that a link can be shared and Back works.
import { gatewayUrl } from './api.js';

/** Each tab has parameters of its own, which stay while another tab is shown. */
export const defaults = {
  tab: 'groups', q: '', state: '', within: '', before: '', sort: 'job', page: 1, size: 50, group: '', find: '', changed: '',
};
const parametersOf = {
  groups: ['q', 'state', 'within', 'before', 'sort', 'page', 'size', 'group', 'find'],
  jobs: ['q', 'page', 'size'],
  overview: [],
  rejections: [],
  status: ['find', 'changed'],
  push: ['group'],
};
/** The pages, each an element of that id. */
export const tabs = Object.keys(parametersOf);
export const pageSizes = [25, 50, 100, 200];

const listeners = [];
const lastOf = {};

/** What is shown now. */
export let view = read();

function read() {
  const parameters = new URLSearchParams(location.search);
  const given = Object.fromEntries([...parameters].filter(([name]) => Object.hasOwn(defaults, name)));
  const tab = location.pathname.endsWith('/status') ? 'status' : given.tab;
  if (given.state === 'stale') {
    // What links of older versions say.
    Object.assign(given, { state: '', before: '1h' });
  }
  return {
    ...defaults,
    ...given,
    tab: tabs.includes(tab) ? tab : defaults.tab,
    page: Math.max(1, Number.parseInt(given.page ?? '1', 10) || 1),
    size: pageSizes.find((size) => String(size) === given.size) ?? defaults.size,
  };
}

/** A view: as it is or, on another tab, as that was left, but for the changes. */
const changed = (changes) => ({
  ...(changes.tab === undefined || changes.tab === view.tab ? view : lastOf[changes.tab] ?? defaults), ...changes,
});

/** The address of a view. */
export function addressOf(changes) {
  const next = changed(changes);
  const parameters = new URLSearchParams();
  if (next.tab !== 'groups' && next.tab !== 'status') {
    parameters.set('tab', next.tab);
  }
  for (const name of parametersOf[next.tab]) {
    if (next[name] !== defaults[name]) {
      parameters.set(name, next[name]);
    }
  }
  const query = parameters.size > 0 ? `?${parameters}` : '';
  return new URL((next.tab === 'status' ? 'status' : './') + query, gatewayUrl).href;
}

/** Goes to another view. `replace` leaves no trace in the history: for each letter of a search. */
export function navigate(changes, { replace = false } = {}) {
  const address = addressOf(changes);
  lastOf[view.tab] = view;
  view = changed(changes);
  if (address !== location.href) {
    history[replace ? 'replaceState' : 'pushState'](null, '', address);
  }
  tell();
}

/** Calls `listener` whenever the view has changed. */
export const onNavigate = (listener) => listeners.push(listener);

const tell = () => listeners.forEach((listener) => listener(view));

addEventListener('popstate', () => {
  lastOf[view.tab] = view;
  view = read();
  tell();
});

/** Follows a link within the page without reloading it; other buttons and keys do what the browser does. */
export function followLink(event, changes) {
  if (event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    navigate(changes);
  }
}

/** The list of groups with this search, and nothing else selected. */
export const listWith = (changes) => ({ ...defaults, tab: 'groups', ...changes });
