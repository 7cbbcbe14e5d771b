// Keys for those who do not take the mouse.
import { askBefore } from './dialogs.js';
import { byId, h } from './dom.js';
import { navigate, view } from './router.js';

const keys = [
  ['/', 'search'], ['j or ↓', 'next group'], ['k or ↑', 'previous group'], ['Enter', 'open the group'],
  ['Esc', 'close the group, or clear the search'], ['g, o, r, s, p', 'Groups, Overview, Rejections, Status, Try a push'], ['?', 'these keys'],
];

const tabs = { g: 'groups', o: 'overview', r: 'rejections', s: 'status', p: 'push' };

/** Where the user writes, letters are letters. */
const isWriting = (target) => target.matches('input:not([type=radio], [type=checkbox]), textarea, select');

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) {
    return;
  }
  if (event.key === 'Escape') {
    escape(event.target);
  } else if (event.target === byId('search') && event.key === 'ArrowDown') {
    move(event, 1);
  } else if (!isWriting(event.target)) {
    onCommand(event);
  }
}

function onCommand(event) {
  const { key } = event;
  if (key === '/') {
    event.preventDefault();
    navigate({ tab: 'groups' });
    byId('search').focus();
    byId('search').select();
  } else if (key === 'j' || key === 'k') {
    move(event, key === 'j' ? 1 : -1);
  } else if ((key === 'ArrowDown' || key === 'ArrowUp') && event.target.closest('#rows')) {
    move(event, key === 'ArrowDown' ? 1 : -1);
  } else if (key === '?') {
    showKeys();
  } else if (key in tabs) {
    navigate({ tab: tabs[key] });
  }
}

function move(event, step) {
  const links = [...byId('rows').querySelectorAll('.row-link')];
  if (view.tab !== 'groups' || links.length === 0) {
    return;
  }
  event.preventDefault();
  const focused = links.indexOf(document.activeElement);
  const at = focused >= 0 ? focused : links.findIndex((link) => link.hasAttribute('aria-current'));
  const to = at < 0 ? 0 : Math.max(0, Math.min(links.length - 1, at + step));
  links[to].focus();
  links[to].scrollIntoView({ block: 'nearest' });
}

function escape(target) {
  const search = byId('search');
  if (target === search) {
    if (search.value !== '') {
      search.value = '';
      navigate({ q: '', page: 1 }, { replace: true });
    } else {
      search.blur();
    }
  } else if (view.tab === 'groups' && view.group !== '') {
    navigate({ group: '' });
  }
}

function showKeys() {
  askBefore({
    title: 'Keys',
    body: h('dl', { class: 'keys' }, keys.flatMap(([key, what]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, what)])),
    action: null,
  });
}

export function startKeys() {
  document.addEventListener('keydown', onKey);
  byId('keys').addEventListener('click', showKeys);
}
