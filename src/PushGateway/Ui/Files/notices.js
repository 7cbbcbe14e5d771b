// Short messages: what has just been done, with a way back where there is one.
import { byId, h } from './dom.js';

const shownMilliseconds = 5000;

/** Says for a moment what has been done; screen readers read it out. */
export function announce(text, isError = false) {
  const notice = h('p', { class: isError ? 'notice bad' : 'notice' }, text);
  byId('notices').append(notice);
  setTimeout(() => notice.remove(), isError ? 2 * shownMilliseconds : shownMilliseconds);
}

/** The same with a button, until the caller removes it. */
export function offer(text, action, onclick) {
  const notice = h('p.notice.offer', h('span', text), h('button', { onclick }, action));
  byId('notices').append(notice);
  return notice;
}
