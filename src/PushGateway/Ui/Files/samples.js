// The samples of a family: a table of numbers, or a picture for each histogram and summary.
import { h } from './dom.js';
import { age, meaning } from './format.js';
import { exemplarText, histogram, quantiles } from './histogram.js';
import { orderedLabels } from './labels.js';
import { valueNode } from './family.js';
import { plain, shown, shownInPart } from './text.js';

const natural = new Intl.Collator('en', { numeric: true }).compare;

/**
 * @param order '' (as exposed), labels, value; with - in front, descending
 * @param sort is called with another order
 */
export function createSamples(family, groupLabels, order, sort) {
  const isPlain = family.metrics.every((metric) => metric.value !== undefined);
  return isPlain ? numberTable(family, groupLabels, order, sort)
    : h('div', family.metrics.map((metric) => distribution(metric, groupLabels)));
}

/** Only the labels that the group does not tell already. */
const ownLabels = (metric, groupLabels) => orderedLabels(metric.labels)
  .filter(([name, value]) => groupLabels[name] !== value && !(name === 'instance' && value === ''));

function ordered(metrics, order, groupLabels) {
  const key = (metric) => JSON.stringify(ownLabels(metric, groupLabels));
  const compare = {
    labels: (one, other) => natural(key(one), key(other)),
    value: (one, other) => Number(one.value) - Number(other.value),
  }[order.replace('-', '')];
  const direction = order.startsWith('-') ? -1 : 1;
  return compare ? metrics.toSorted((one, other) => direction * compare(one, other)) : metrics;
}

function numberTable({ name, unit, metrics }, groupLabels, order, sort) {
  const rows = ordered(metrics, order, groupLabels).map((metric) => ({ metric, meant: meaning(name, metric.value, unit) }));
  const hasMeanings = rows.some(({ meant }) => meant !== null);
  const head = (title, first, second, attributes = {}) => h('th', {
    scope: 'col', 'aria-sort': order.replace('-', '') === first.replace('-', '') ? (order.startsWith('-') ? 'descending' : 'ascending') : null, ...attributes,
  }, metrics.length < 2 ? title : h('button', { onclick: () => sort(order === first ? second : first) }, title));
  return h('table.numbers',
    h('thead', h('tr', head('Labels', 'labels', '-labels'), head('Value', '-value', 'value', { class: 'value-head' }),
      hasMeanings ? h('th', { scope: 'col' }, 'That is') : null)),
    h('tbody', rows.map(({ metric, meant }) => h('tr',
      h('th', { scope: 'row' }, labelList(ownLabels(metric, groupLabels)), originOf(metric)),
      h('td', valueNode(metric.value)),
      hasMeanings ? h('td.meant', meant) : null))));
}

/** Since when a counter counts, and its exemplars. */
const originOf = ({ created, exemplars = [] }) => [
  created ? h('span.origin', 'since ', age(created, { tabindex: 0 })) : null,
  ...exemplars.map((exemplar) => h('span.origin', `exemplar ${exemplarText(exemplar)}`))];

const labelList = (labels) => (labels.length === 0
  ? h('span.muted', 'no other labels')
  : labels.map(([name, value]) => h('span.sample-label',
    h('span.sample-name', shown(name)), '=', h('span.sample-value', shownInPart(value)))));

function distribution(metric, groupLabels) {
  const labels = ownLabels(metric, groupLabels);
  return h('section.distribution', { 'aria-label': labels.map(([n, v]) => `${plain(n)}=${plain(v)}`).join(', ') || null },
    labels.length > 0 ? h('p.distribution-labels', labelList(labels)) : null,
    metric.quantiles ? quantiles(metric) : histogram(metric));
}
