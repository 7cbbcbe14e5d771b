// Short messages: what has just been done, and that the gateway does not answer.
import { byId, h, setText } from './dom.js';

const shownMilliseconds = 5000;

/** Says for a moment what has been done; screen readers read it out. */
export function announce(text, isError = false) {
  const notice = h('p', { class: isError ? 'notice bad' : 'notice' }, text);
  byId('notices').append(notice);
  setTimeout(() => notice.remove(), isError ? 2 * shownMilliseconds : shownMilliseconds);
}

/** Shows that the page could not be brought up to date, and why, until it can. Null takes it away. */
export function showTrouble(message) {
  const banner = byId('trouble');
  banner.hidden = message === null;
  setText(banner, message === null ? '' : `${message} What is shown may be out of date. Trying again…`);
}
