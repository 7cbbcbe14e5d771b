// When a group should be pushed to, when it expires, and how its last push was merged.
import { h, setText } from './dom.js';
import { age, duration, setAge } from './format.js';

/** An element for `showDeadlines`. */
export const deadlines = () => h('p.deadlines',
  h('span.badge.bad.late', 'late by ', age(0, { 'data-late': '' })),
  h('span.expected', 'expected ', age(0)), h('span.interval'),
  h('span.expires', 'expires ', age(0)), h('span.merged'));

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
