// Asks again every few seconds, but not while nobody looks.
import { byId, setAttribute, setText } from './dom.js';
import { showAges } from './format.js';

const everyMilliseconds = 5000;
let ask = async () => {};
let isPaused = false;
let isAsking = false;
let askAgain = false;
let timer = 0;

/** Starts it: `action` brings what is shown up to date; what it throws is a bug, and ends up in the console. */
export function startRefresh(action) {
  ask = action;
  const toggle = byId('live');
  toggle.addEventListener('click', () => {
    isPaused = !isPaused;
    setAttribute(toggle, 'aria-pressed', String(!isPaused));
    setText(byId('live-text'), isPaused ? 'Paused' : 'Live');
    toggle.title = isPaused ? 'Refresh every few seconds' : 'Stop refreshing';
    if (!isPaused) {
      refresh();
    }
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) {
      showAges();
      wake();
    }
  });
  setInterval(() => document.hidden || showAges(), 1000);
  refresh();
}

/** Asks now; while an answer is on its way, once more after it. */
export async function refresh() {
  clearTimeout(timer);
  if (isAsking) {
    askAgain = true;
    return;
  }
  isAsking = true;
  try {
    do {
      askAgain = false;
      await ask();
    } while (askAgain);
  } finally {
    isAsking = false;
    timer = setTimeout(wake, everyMilliseconds);
  }
}

const wake = () => isPaused || document.hidden || refresh();
