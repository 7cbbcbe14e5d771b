// Labels as chips.
import { h } from './dom.js';
import { plain, shown, shownInPart } from './text.js';

/** Pairs of name and value: the job first, as in the push URL, then the others as they come. */
export function orderedLabels(labels) {
  const pairs = Object.entries(labels);
  return [...pairs.filter(([name]) => name === 'job'), ...pairs.filter(([name]) => name !== 'job')];
}

export const labelText = (labels) => orderedLabels(labels)
  .map(([name, value]) => `${plain(name)}="${plain(value)}"`).join(', ');

/** One line each, cut where it is too long. */
export const chips = (labels) => orderedLabels(labels).map(([name, value]) => h(
  'span', { class: name === 'job' ? 'chip job' : 'chip', title: `${plain(name)}="${plain(value)}"` },
  h('span', { class: 'chip-name' }, shown(name)), h('span', { class: 'chip-value' }, valueOr(shown, value))));

/** In full, wrapped; what is very long on demand. */
export const wholeChips = (labels) => orderedLabels(labels).map(([name, value]) => h(
  'span', { class: name === 'job' ? 'chip whole job' : 'chip whole' },
  h('span', { class: 'chip-name' }, shownInPart(name)), h('span', { class: 'chip-value' }, valueOr(shownInPart, value))));

const valueOr = (show, value) => (value === '' ? h('i', { class: 'none' }, 'empty') : show(value));
