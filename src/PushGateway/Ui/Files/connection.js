// Whether the gateway answers, and since when it does not.
import { byId, h, setText } from './dom.js';
import { age } from './format.js';
import { askToSignIn } from './sign-in.js';
import { serverNow } from './api.js';

let lastAnswer = 0;

/** An answer has come, and all is well. */
export function showConnected() {
  lastAnswer = serverNow();
  byId('trouble').hidden = true;
  byId('trouble').dataset.shown = '';
  document.body.classList.remove('offline', 'locked');
}

/** Shows that the page could not be brought up to date, and why, until it can. */
export function showTrouble(error) {
  const banner = byId('trouble');
  const isOffline = error.status === 0;
  const isLocked = error.isRefusal;
  document.body.classList.toggle('offline', !isLocked);
  document.body.classList.toggle('locked', isLocked);
  setText(byId('live-text'), isLocked ? 'Locked' : 'Offline');
  const message = isOffline || isLocked ? error.message : `The gateway answers ${error.status}: ${error.message}`;
  if (banner.dataset.shown === message) {
    return;
  }
  banner.dataset.shown = message;
  banner.hidden = false;
  banner.replaceChildren(
    h('span', message, ' ', ...(lastAnswer > 0
      ? ['Last answer ', age(lastAnswer, { tabindex: 0 }), '; what is shown may be out of date. '] : []),
    isLocked ? '' : 'Trying again…'),
    isLocked ? h('button', { onclick: askToSignIn }, 'Sign in…') : '');
}
