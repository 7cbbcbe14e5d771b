// Labels as chips.
import { h } from './dom.js';
import { withMatcher } from './query.js';
import { addressOf, followLink, listWith, view } from './router.js';
import { pushPath } from './snippets.js';
import { plain, shown, shownInPart } from './text.js';

/** Pairs of name and value: the job first, as in the push URL, then the others as they come. */
export function orderedLabels(labels) {
  const pairs = Object.entries(labels);
  return [...pairs.filter(([name]) => name === 'job'), ...pairs.filter(([name]) => name !== 'job')];
}

export const labelText = (labels) => orderedLabels(labels)
  .map(([name, value]) => `${plain(name)}="${plain(value)}"`).join(', ');

const valueOr = (show, value) => (value === '' ? h('i.none', 'empty') : show(value));

const parts = (show, name, value) => [
  h('span.chip-name', show(name)), h('span.chip-value', valueOr(show, value))];

const chip = (tag, name, value, show, attributes = {}) => h(tag, {
  class: `chip${name === 'job' ? ' job' : ''}${show === shownInPart ? ' whole' : ''}`, ...attributes,
}, ...parts(show, name, value));

/** One line each, cut where it is too long. */
export const chips = (labels) => orderedLabels(labels).map(([name, value]) => chip(
  'span', name, value, shown, { title: `${plain(name)}="${plain(value)}"` }));

/** In full, wrapped; what is very long on demand. */
export const wholeChips = (labels) => orderedLabels(labels).map(([name, value]) => chip('span', name, value, shownInPart));

/** What a group is called in lists: its job. */
export const jobOf = (labels) => h('span.job-name', valueOr(shown, labels.job ?? ''));

/** Links that narrow the list to groups with the label. */
export const filterChips = (labels, hasJob = true) => orderedLabels(labels)
  .filter(([name]) => hasJob || name !== 'job')
  .map(([name, value]) => {
    const alone = listWith({ q: withMatcher('', name, value) });
    return chip('a', name, value, shown, {
      title: `Only groups with ${plain(name)}="${plain(value)}"`,
      href: addressOf(alone),
      onclick: (event) => followLink(event, view.tab === 'groups' ? { q: withMatcher(view.q, name, value), page: 1 } : alone),
    });
  });

/** The view of the group with these labels. */
export const groupView = (labels) => listWith({ group: pushPath(orderedLabels(labels)) });
