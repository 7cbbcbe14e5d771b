// Shows text that anybody may have pushed: as it is, but with what is invisible or misleading made visible.
import { h } from './dom.js';

// Control characters, those that turn the direction of text around, and blanks without width.
const unseen = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/u;
const unseenRuns = new RegExp(`(${unseen.source}+)`, 'u');
const shortNames = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const longText = 240;

/** Text isolated from what is around it, whatever its direction. */
export function shown(text) {
  const isolated = h('bdi.pushed');
  if (!unseen.test(text)) {
    isolated.textContent = text;
    return isolated;
  }
  for (const part of text.split(unseenRuns)) {
    if (part !== '') {
      isolated.append(unseen.test(part) ? h('span.unseen', spellOut(part)) : part);
    }
  }
  return isolated;
}

/** The same for a long text, with a button for the rest of it. */
export function shownInPart(text) {
  if (text.length <= longText) {
    return shown(text);
  }
  const more = h('button', { class: 'more' }, `show all ${text.length.toLocaleString('en')} characters`);
  const part = h('span', shown(startOf(text, longText)), '…', more);
  more.addEventListener('click', () => part.replaceWith(shown(text)));
  return part;
}

/** As `shown`, in plain text, for tooltips and names that are read aloud. */
export function plain(text, limit = longText) {
  const short = text.length > limit ? startOf(text, limit) + '…' : text;
  return short.split(unseenRuns).map((part) => (unseen.test(part) ? spellOut(part) : part)).join('');
}

/** Why a push was rejected, and the gateway's hint behind it, which may be empty. */
export function splitHint(message) {
  const end = message.lastIndexOf('\nhint: ');
  return end < 0 ? [message, ''] : [message.slice(0, end), message.slice(end + 1)];
}

/** A text of several lines, which stay lines. */
export const shownLines = (text) => text.split('\n').flatMap((line, i) => (i === 0 ? [shown(line)] : ['\n', shown(line)]));

const spellOut = (characters) => [...characters].map((character) => shortNames[character]
  ?? `\\u${character.codePointAt(0).toString(16).padStart(4, '0')}`).join('');

/** The first characters, without half a pair at the end. */
const startOf = (text, length) => text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
