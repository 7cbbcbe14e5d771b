// What a reader sets for this browser: light or dark, how often the page asks. It is kept there, not in the address.
import { byId, root, setAttribute } from './dom.js';
import { setRefreshInterval } from './refresh.js';
import { askToSignIn } from './sign-in.js';

const kept = (name, otherwise) => localStorage.getItem(name) ?? otherwise;

function setTheme(theme) {
  setAttribute(root, 'data-theme', theme === 'auto' ? null : theme);
}

export function startSettings() {
  const panel = byId('settings-panel');
  const theme = kept('theme', 'auto');
  const interval = kept('refresh', '5');
  setTheme(theme);
  for (const radio of panel.querySelectorAll('input[name=theme]')) {
    radio.checked = radio.value === theme;
    radio.addEventListener('change', () => {
      localStorage.setItem('theme', radio.value);
      setTheme(radio.value);
    });
  }
  byId('refresh-interval').value = interval;
  setRefreshInterval(Number(byId('refresh-interval').value) || 5);
  byId('refresh-interval').addEventListener('change', ({ target }) => {
    localStorage.setItem('refresh', target.value);
    setRefreshInterval(Number(target.value));
  });
  byId('sign-in-open').addEventListener('click', () => {
    panel.hidePopover();
    askToSignIn();
  });
}
