// What is shown, kept in the address, so that a link can be shared and Back works.
import { gatewayUrl } from './api.js';

const defaults = { tab: 'groups', q: '', state: '', within: '', sort: 'job', page: 1, group: '' };
/** The pages, each an element of that id. */
export const tabs = ['groups', 'overview', 'rejections', 'status', 'push'];

const listeners = [];

/** What is shown now. */
export let view = read();

function read() {
  const parameters = new URLSearchParams(location.search);
  const page = Number.parseInt(parameters.get('page') ?? '1', 10);
  const given = Object.fromEntries([...parameters].filter(([name]) => Object.hasOwn(defaults, name)));
  const tab = location.pathname.endsWith('/status') ? 'status' : given.tab;
  return {
    ...defaults,
    ...given,
    tab: tabs.includes(tab) ? tab : defaults.tab,
    page: page > 0 ? page : 1,
  };
}

/** The address of a view: what it has in common with `view`, but for the changes. */
export function addressOf(changes) {
  const { tab, ...rest } = { ...view, ...changes };
  const parameters = new URLSearchParams();
  if (tab !== 'groups' && tab !== 'status') {
    parameters.set('tab', tab);
  }
  if (tab === 'groups') {
    for (const [name, value] of Object.entries(rest)) {
      if (value !== defaults[name]) {
        parameters.set(name, value);
      }
    }
  }
  const query = parameters.size > 0 ? `?${parameters}` : '';
  return new URL((tab === 'status' ? 'status' : './') + query, gatewayUrl).href;
}

/** Goes to another view. `replace` leaves no trace in the history: for each letter of a search. */
export function navigate(changes, { replace = false } = {}) {
  const address = addressOf(changes);
  view = { ...view, ...changes };
  if (address !== location.href) {
    history[replace ? 'replaceState' : 'pushState'](null, '', address);
  }
  tell();
}

/** Calls `listener` whenever the view has changed. */
export const onNavigate = (listener) => listeners.push(listener);

const tell = () => listeners.forEach((listener) => listener(view));

addEventListener('popstate', () => {
  view = read();
  tell();
});

/** Follows a link within the page without loading it anew; other buttons and keys do what the browser does. */
export function followLink(event, changes) {
  if (event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    navigate(changes);
  }
}
