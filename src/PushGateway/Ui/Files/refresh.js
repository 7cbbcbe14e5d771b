// Asks again every few seconds, but not while nobody looks.
import { byId, setAttribute, setText } from './dom.js';
import { showAges } from './format.js';

let everySeconds = 5;
let ask = async () => {};
let isPaused = false;
let isAsking = false;
let askAgain = false;
let timer = 0;

/** Starts it: `action` brings what is shown up to date; what it throws is a bug, and ends up in the console. */
export function startRefresh(action) {
  ask = action;
  byId('live').addEventListener('click', () => {
    isPaused = !isPaused;
    showLive();
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

/** What the button says while the gateway answers. */
export function showLive() {
  const toggle = byId('live');
  setAttribute(toggle, 'aria-pressed', String(!isPaused));
  setText(byId('live-text'), isPaused ? 'Paused' : 'Live');
  toggle.title = isPaused ? `Refresh every ${everySeconds} s` : 'Stop refreshing';
}

export function setRefreshInterval(seconds) {
  everySeconds = seconds;
  showLive();
  schedule();
}

function schedule() {
  clearTimeout(timer);
  timer = setTimeout(wake, everySeconds * 1000);
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
    schedule();
  }
}

const wake = () => isPaused || document.hidden || refresh();
