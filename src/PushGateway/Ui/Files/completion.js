// Completes what is typed into the search: names of labels and metrics, and values of labels. The gateway has them in an index.
import { complete, RequestFailed } from './api.js';
import { byId, debounce, h, setAttribute } from './dom.js';
import { count } from './format.js';
import { navigate } from './router.js';
import { promQuote } from './snippets.js';
import { shown } from './text.js';

const limit = 8;
const states = { failing: 'failed', late: 'late', expiring: 'expiring', empty: 'empty' };
let asking = new AbortController();
let options = [];
let active = -1;
let isOff = false;

/** What stands before the caret: the label whose value is typed, if so, and the beginning of the word. */
function contextOf(text) {
  const value = /([\p{L}_][\p{L}\p{N}_.-]*)\s*(=~|!~|!=|=)\s*("?)([^"\s,{}]*)$/u.exec(text);
  if (value) {
    return { label: value[1], prefix: value[4], start: text.length - value[4].length - value[3].length };
  }
  const word = /[^\s,{}"=]*$/u.exec(text)[0];
  return { label: null, prefix: word, start: text.length - word.length };
}

async function suggest() {
  const search = byId('search');
  const before = search.value.slice(0, search.selectionStart);
  const { label, prefix, start } = contextOf(before);
  asking.abort();
  if (isOff || document.activeElement !== search || (label === null && prefix === '')) {
    hideCompletions();
    return;
  }
  asking = new AbortController();
  try {
    const kinds = label === null ? ['label', 'metric'] : ['value'];
    const answers = await Promise.all(kinds.map((kind) => complete({ kind, label, prefix, limit }, asking.signal)));
    const found = answers.flatMap((answer, i) => answer.map(({ value, groups }) => ({ kind: kinds[i], value, groups, start })));
    const ofState = label !== null ? [] : Object.keys(states).filter((name) => name.startsWith(prefix.toLowerCase()))
      .map((value) => ({ kind: 'state', value, start }));
    show([...ofState, ...found].filter(({ kind, value }) => kind === 'value' || value !== prefix).slice(0, 2 * limit));
  } catch (error) {
    if (error instanceof RequestFailed) {
      // A gateway without completion, or one that does not answer.
      isOff = error.status === 404;
      hideCompletions();
    } else if (error.name !== 'AbortError') {
      throw error;
    }
  }
}

function show(found) {
  options = found;
  active = -1;
  const list = byId('completions');
  list.replaceChildren(...found.map((option, i) => h('li', {
    id: `completion-${i}`, role: 'option', 'aria-selected': 'false',
    onpointerdown: (event) => {
      event.preventDefault();
      accept(option);
    },
  }, shown(option.value), h('span.muted', option.kind === 'value' ? '' : `${option.kind} `,
    option.groups === undefined ? '' : count(option.groups)))));
  list.hidden = found.length === 0;
  setAttribute(byId('search'), 'aria-expanded', String(found.length > 0));
  setAttribute(byId('search'), 'aria-activedescendant', null);
}

function hideCompletions() {
  asking.abort();
  show([]);
}

function move(step) {
  const list = byId('completions').children;
  list[active]?.setAttribute('aria-selected', 'false');
  active = (active + step + list.length + (active < 0 && step < 0 ? 1 : 0)) % list.length;
  list[active].setAttribute('aria-selected', 'true');
  list[active].scrollIntoView({ block: 'nearest' });
  setAttribute(byId('search'), 'aria-activedescendant', list[active].id);
}

function accept({ kind, value, start }) {
  const search = byId('search');
  if (kind === 'state') {
    search.value = search.value.slice(0, start).trim();
    hideCompletions();
    navigate({ q: search.value, state: states[value], page: 1 });
    return;
  }
  const end = search.selectionStart;
  const text = kind === 'label' ? `${value}=` : kind === 'value' ? promQuote(value) : value;
  search.setRangeText(text, start, end, 'end');
  hideCompletions();
  search.dispatchEvent(new Event('input'));
}

/** Keys of the list, before they mean anything else. */
function onKey(event) {
  if (options.length === 0) {
    return;
  }
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    move(event.key === 'ArrowDown' ? 1 : -1);
  } else if ((event.key === 'Enter' || event.key === 'Tab') && active >= 0) {
    accept(options[active]);
  } else if (event.key === 'Escape') {
    hideCompletions();
  } else {
    if (event.key === 'Enter') {
      hideCompletions();
    }
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

export function startCompletion() {
  const search = byId('search');
  search.addEventListener('input', debounce(120, suggest));
  search.addEventListener('keydown', onKey);
  search.addEventListener('blur', hideCompletions);
}
