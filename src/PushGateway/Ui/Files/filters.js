// The search and the filters above the list of groups, and what they select.
import { byId, debounce, h, setAttribute, setText } from './dom.js';
import { count } from './format.js';
import { parse } from './query.js';
import { defaults, navigate, view } from './router.js';
import { plain } from './text.js';

const typingMilliseconds = 300;
/** No error appears while the user is typing. */
const errorMilliseconds = 1500;
const noFilter = { q: '', state: '', within: '', before: '', page: 1 };
const countNames = { failed: 'failing', late: 'late', expiring: 'expiring', empty: 'empty', quarantined: 'quarantined' };
let errorTimer = 0;
let isTyping = false;

/** What the search and the filters select, as the API has it. */
export function selection() {
  const { search, match } = parse(view.q);
  const pushed = view.state === '' && view.before !== '' ? { state: 'stale', stale_after: view.before }
    : { state: view.state, pushed_before: view.before };
  return { 'match[]': match, search, pushed_within: view.within, ...pushed };
}

export const isEverything = () => Object.values(selection()).every((value) => value === '');

/** The same for people. */
export const describeSelection = () => [view.q, view.state && `state ${view.state}`,
  view.within && `pushed within ${view.within}`, view.before && `not pushed for ${view.before}`].filter(Boolean).join(', ');

/** Whether what is typed is what is listed. */
export const isSettled = () => byId('search').value.trim() === view.q.trim();

/** How many groups each filter has, where the gateway says so; filters for what does not occur are hidden. */
export function showCounts({ counts = {}, total, missing = [] }) {
  const all = { ...total, ...counts };
  for (const radio of document.querySelectorAll('input[name=state]')) {
    const number = radio.value === '' ? all.groups : all[countNames[radio.value]];
    const isOptional = ['late', 'expiring', 'quarantined'].includes(radio.value);
    const hasMissing = radio.value === 'late' && missing.length > 0;
    radio.parentElement.hidden = isOptional && !number && !hasMissing && view.state !== radio.value;
    setText(radio.nextElementSibling.querySelector('.count'), number === undefined ? '' : count(number));
  }
}

/** What is wrong with a selector, below it, with a caret where it is wrong. Null takes it away. */
export function showSearchError(message) {
  clearTimeout(errorTimer);
  const show = () => {
    byId('search-error').hidden = message === null;
    setAttribute(byId('search'), 'aria-invalid', message === null ? null : 'true');
    byId('search-error').replaceChildren(...(message === null ? [] : describeError(message)));
  };
  if (message !== null && isTyping) {
    errorTimer = setTimeout(show, errorMilliseconds);
  } else {
    show();
  }
}

function describeError(message) {
  const position = /^1:(\d+): (?:parse error: )?(.*)$/s.exec(message);
  const sent = selection()['match[]'];
  return position && sent.length < 200
    ? [h('pre', { 'aria-hidden': 'true' }, `${plain(sent)}\n${' '.repeat(Number(position[1]) - 1)}^`),
      h('p', `At character ${position[1]}: ${plain(position[2])}`)]
    : [h('p', plain(message, 1000))];
}

/** Shows the controls as the view has them. */
export function showFilters() {
  const search = byId('search');
  if (search.value !== view.q && document.activeElement !== search) {
    search.value = view.q;
  }
  for (const radio of document.querySelectorAll('input[name=state]')) {
    radio.checked = radio.value === view.state;
  }
  const pushed = view.before ? `-${view.before}` : view.within;
  if (![...byId('pushed').options].some((option) => option.value === pushed)) {
    byId('pushed').append(h('option', { value: pushed }, pushed.replace('-', 'not for ')));
  }
  byId('pushed').value = pushed;
  byId('pushed').classList.toggle('set', pushed !== '');
  byId('clear-search').hidden = isEverything();
}

function clearFilters() {
  byId('search').value = '';
  navigate(noFilter);
  byId('search').focus();
}

export function startFilters() {
  const search = byId('search');
  const searchNow = () => navigate({ q: search.value, page: 1 }, { replace: true });
  const searchSoon = debounce(typingMilliseconds, () => {
    if (view.tab === defaults.tab && !parse(search.value).isOpen) {
      searchNow();
    }
  });
  search.addEventListener('input', () => {
    isTyping = true;
    showSearchError(null);
    byId('groups').classList.add('asking');
    setText(byId('search-kind'), parse(search.value).isOpen ? 'go on…' : '');
    searchSoon();
  });
  const finish = () => {
    isTyping = false;
    if (isSettled()) {
      byId('groups').classList.remove('asking');
    } else {
      searchNow();
    }
  };
  search.addEventListener('change', finish);
  byId('search-form').addEventListener('submit', (event) => {
    event.preventDefault();
    finish();
  });
  for (const radio of document.querySelectorAll('input[name=state]')) {
    radio.addEventListener('change', () => navigate({ state: radio.value, page: 1 }));
  }
  byId('pushed').addEventListener('change', ({ target: { value } }) => navigate(
    value.startsWith('-') ? { before: value.slice(1), within: '', page: 1 } : { within: value, before: '', page: 1 }));
  byId('clear').addEventListener('click', clearFilters);
  byId('clear-search').addEventListener('click', clearFilters);
}
