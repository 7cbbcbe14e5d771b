// What is typed into the search: words, label matchers as in Prometheus (with quotes or without), or both.
import { promName, promQuote } from './snippets.js';

const operator = String.raw`\s*(=~|!~|!=|=)\s*`;
const nameStart = /[\p{L}_:][\p{L}\p{N}_:.-]*/uy;
const matcherStart = new RegExp(`([\\p{L}_:][\\p{L}\\p{N}_:.-]*|"(?:[^"\\\\]|\\\\.)+")${operator}`, 'uy');
const quoted = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/sy;

/**
 * @returns `search` (words), `match` (one selector; '' for none), and whether more has to be typed before it means something.
 * What is not understood goes to the gateway as it is, which says what is wrong with it.
 */
export function parse(text) {
  const state = { text: text.trim(), at: 0, words: [], names: [], matchers: [], isOpen: false, isRaw: false };
  while (state.at < state.text.length && !state.isRaw) {
    readPart(state);
  }
  const { words, names, matchers, isOpen } = state;
  if (state.isRaw || names.length > 1) {
    return { search: '', match: state.text, isOpen };
  }
  const match = names.length + matchers.length === 0 ? '' : `${names[0] ?? ''}{${matchers.join(',')}}`;
  return { search: words.join(' '), match, isOpen };
}

const take = (state, pattern) => {
  pattern.lastIndex = state.at;
  const found = pattern.exec(state.text);
  state.at += found?.[0].length ?? 0;
  return found;
};

function readPart(state) {
  take(state, /[\s,]+/y);
  const start = state.at;
  const name = take(state, nameStart);
  if (take(state, /\{/y)) {
    if (name) {
      state.names.push(name[0]);
    }
    readBraces(state);
    return;
  }
  state.at = start;
  if (!readMatcher(state)) {
    state.words.push(...(take(state, /[^\s,]+/y) ?? []));
  }
}

/** Up to the closing brace. */
function readBraces(state) {
  while (!state.isRaw) {
    take(state, /[\s,]+/y);
    if (take(state, /\}/y)) {
      return;
    }
    if (state.at >= state.text.length) {
      state.isOpen = state.isRaw = true;
    } else if (!readMatcher(state)) {
      // The metric's name in quotes, or a fault.
      const name = take(state, quoted);
      state.matchers.push(...(name ?? []));
      state.isRaw = name === null;
    }
  }
}

/** name="value", or name=value; false if there is none. */
function readMatcher(state) {
  const start = take(state, matcherStart);
  if (!start) {
    return false;
  }
  const value = take(state, quoted)?.[0] ?? quote(take(state, /[^\s,{}"'\x60]+/y)?.[0]);
  if (value === null) {
    state.isOpen = state.isRaw = true;
    state.at = state.text.length;
    return true;
  }
  state.matchers.push(`${start[1]}${start[2]}${value}`);
  return true;
}

const quote = (value) => (value === undefined ? null : promQuote(value));

/** The search with one more matcher. */
export function withMatcher(text, name, value) {
  const isPlain = promName(name) === name;
  const matcher = `${promName(name)}=${promQuote(value)}`;
  const added = isPlain ? matcher : `{${matcher}}`;
  return text.includes(added) ? text : `${text.trim()} ${added}`.trim();
}
