// When a group should be pushed to, when it expires, and how its last push was merged.
import { h, setText } from './dom.js';
import { age, duration, setAge } from './format.js';

/** An element for `showDeadlines`. */
export const deadlines = () => h('p', { class: 'deadlines' },
  h('span', { class: 'badge bad late' }, 'late by ', age(0, { 'data-late': '' })),
  h('span', { class: 'expected' }, 'expected ', age(0)), h('span', { class: 'interval' }),
  h('span', { class: 'expires' }, 'expires ', age(0)), h('span', { class: 'merged' }));

export function showDeadlines(element, group) {
  const merge = group.merge ?? '';
  element.hidden = group.expires === null && group.late === null && merge === '';
  // A group whose push was rejected is late at once.
  const due = group.pushed > 0 ? group.pushed + group.expected_interval : group.failed;
  show(element.querySelector('.late'), group.late ? due : null);
  show(element.querySelector('.expected'), group.late === false ? due : null);
  show(element.querySelector('.expires'), group.expires);
  const interval = element.querySelector('.interval');
  interval.hidden = group.late === null;
  setText(interval, group.late === null ? '' : `every ${duration(group.expected_interval)}`);
  const merged = element.querySelector('.merged');
  merged.hidden = merge === '';
  setText(merged, `merged: ${merge}`);
}

function show(element, at) {
  element.hidden = at === null;
  if (at !== null) {
    setAge(element.querySelector('time'), at);
  }
}
