// When a group should be pushed to, when it expires, and how its last push was merged.
import { h, setText } from './dom.js';
import { age, duration, setAge } from './format.js';

/** An element for `showDeadlines`. */
export const deadlines = () => h('p', { class: 'deadlines' },
  h('span', { class: 'badge' }), h('span', { class: 'expected' }, 'expected ', age(0), ' ', h('span', { class: 'interval' })),
  h('span', { class: 'expires' }, 'expires ', age(0)), h('span', { class: 'merged' }));

export function showDeadlines(element, group) {
  const merge = group.merge ?? '';
  element.hidden = group.expires === null && group.late === null && merge === '';
  const badge = element.querySelector('.badge');
  badge.hidden = !group.late;
  badge.classList.toggle('bad', group.late === true);
  setText(badge, group.late ? 'late' : '');
  const expected = element.querySelector('.expected');
  expected.hidden = group.late === null;
  if (group.late !== null) {
    setAge(expected.querySelector('time'), group.pushed === 0 ? 0 : group.pushed + group.expected_interval);
    setText(expected.querySelector('.interval'), `(every ${duration(group.expected_interval)})`);
  }
  const merged = element.querySelector('.merged');
  merged.hidden = merge === '';
  setText(merged, `merged: ${merge}`);
  const expires = element.querySelector('.expires');
  expires.hidden = group.expires === null;
  if (group.expires !== null) {
    setAge(expires.querySelector('time'), group.expires);
  }
}
