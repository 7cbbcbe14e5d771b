// Keys for those who do not take the mouse.
import { showDialog } from './dialogs.js';
import { byId, h } from './dom.js';
import { deleteOpenGroup } from './group.js';
import { turn } from './pager.js';
import { navigate, view } from './router.js';

const keys = [
  ['/', 'search'], ['j or ↓', 'next group'], ['k or ↑', 'previous group'], ['Enter', 'open the group'],
  ['d', 'delete the group'], ['x', 'select the group'], ['← →', 'previous, next page'],
  ['Esc', 'close the group, or clear the search'], ['g b o r s p', 'Groups, Jobs, Overview, Rejections, Status, Try a push'],
  ['?', 'keyboard shortcuts'],
];

const tabs = { g: 'groups', b: 'jobs', o: 'overview', r: 'rejections', s: 'status', p: 'push' };

/** Where the user writes, letters are letters. */
const isWriting = (target) => target.matches('input:not([type=radio], [type=checkbox]), textarea, select');

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open], :popover-open')) {
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
  } else if (key === 'ArrowLeft' || key === 'ArrowRight') {
    turnPage(key === 'ArrowLeft' ? -1 : 1);
  } else if (key === 'd' || key === 'x') {
    // The focus may go to a field, where the letter would be written.
    event.preventDefault();
    onGroup(key);
  } else if (key === '?') {
    showKeys();
  } else if (key in tabs) {
    navigate({ tab: tabs[key] });
  }
}

/** The group whose row has the focus, or that is open. */
function onGroup(key) {
  const row = document.activeElement.closest('#rows tr');
  if (row) {
    row.querySelector(key === 'd' ? '.act button' : '.pick input').click();
  } else if (key === 'd' && view.tab === 'groups' && view.group !== '') {
    deleteOpenGroup();
  }
}

function turnPage(step) {
  const pager = { groups: 'pager', jobs: 'jobs-pager' }[view.tab];
  if (pager !== undefined && !document.activeElement.matches('[type=radio]')) {
    turn(byId(`${pager}`), step);
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
      search.dispatchEvent(new Event('change'));
    } else {
      search.blur();
    }
  } else if (view.tab === 'groups' && view.group !== '') {
    navigate({ group: '' });
  }
}

function showKeys() {
  showDialog({
    title: 'Keyboard shortcuts',
    body: h('dl.keys', keys.flatMap(([key, what]) => [h('dt', h('kbd', key)), h('dd', what)])),
  });
}

export function startKeys() {
  document.addEventListener('keydown', onKey);
  byId('keys').addEventListener('click', showKeys);
}
