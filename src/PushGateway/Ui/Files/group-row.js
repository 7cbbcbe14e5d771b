// A row of the list of groups.
import { deadlines, showDeadlines } from './deadlines.js';
import { h, setAttribute, setText } from './dom.js';
import { age, bytes, count, setAge } from './format.js';
import { icon } from './icons.js';
import { filterChips, jobOf, labelText } from './labels.js';
import { linkTo } from './links.js';
import { addressOf, view } from './router.js';
import { summaryOf } from './explain.js';
import { plain, shown } from './text.js';

/** @param onPick called with the path and whether it is picked; @param onDelete called with the group */
export function createRow(group, onPick, onDelete) {
  const name = labelText(group.labels).slice(0, 200);
  const link = linkTo({ group: group.path }, { class: 'row-link', 'aria-label': name }, jobOf(group.labels));
  const pick = h('input', { type: 'checkbox', 'aria-label': `Select ${name}` });
  pick.addEventListener('change', () => onPick(group.path, pick.checked));
  return h('tr', { role: 'row' },
    h('td', { role: 'cell', class: 'pick' }, h('label', pick)),
    h('th', { role: 'rowheader' },
      h('div.row-labels', link, filterChips(group.labels, false),
        h('span.badge.warn.no-metrics', 'no metrics')),
      deadlines()),
    h('td', { role: 'cell', class: 'when' }, age(group.pushed)),
    h('td', { role: 'cell', class: 'number' }, h('span.series'), h('span.unit', ' series')),
    h('td', { role: 'cell', class: 'number size' }),
    h('td', { role: 'cell', class: 'act' }, h('button', {
      class: 'quiet danger icon-only', title: 'Delete this group (d)', 'aria-label': `Delete ${name}`, onclick: () => onDelete(group),
    }, icon('trash'))));
}

export function updateRow(row, group, isPicked) {
  showOpen(row, group.path);
  setAttribute(row.querySelector('.row-link'), 'href', addressOf({ group: group.path }));
  row.querySelector('.pick input').checked = isPicked;
  setAge(row.querySelector('.when > time'), group.pushed);
  setText(row.querySelector('.series'), count(group.series));
  setText(row.querySelector('.size'), bytes(group.bytes));
  row.querySelector('.no-metrics').hidden = group.samples > 0;
  showDeadlines(row.querySelector('.deadlines'), group);
  const failure = group.ok ? null : { at: group.error?.time ?? group.failed, reason: group.error && summaryOf(group.error, group.error.message) };
  showLine(row, 'rejected', failure, 'rejected');
  showLine(row, 'quarantine', group.quarantined === null ? null : { reason: group.quarantined }, 'not scraped');
}

export function showOpen(row, path) {
  const isOpen = view.group === path;
  row.classList.toggle('open', isOpen);
  setAttribute(row.querySelector('.row-link'), 'aria-current', isOpen ? 'true' : null);
}

/** A line below the labels that says what is wrong; null takes it away. */
function showLine(row, kind, fault, badge) {
  const cell = row.querySelector('th');
  const present = cell.querySelector(`.failure.${kind}`);
  const key = JSON.stringify(fault);
  if (present?.dataset.fault === key || (fault === null && !present)) {
    return;
  }
  present?.remove();
  if (fault !== null) {
    cell.append(h('p', { class: `failure ${kind}`, 'data-fault': key },
      h('span.badge.bad', badge), ' ', fault.at ? age(fault.at) : null, ' ',
      fault.reason && h('span.message', { 'data-tip': plain(fault.reason, 1000) }, shown(fault.reason))));
  }
}
