// A metric family of a group: its header, and its samples once it is open.
import { copyButton } from './copy.js';
import { h, setAttribute, setText } from './dom.js';
import { age, count, meaning, plural, setAge } from './format.js';
import { histogram, quantiles } from './charts.js';
import { orderedLabels } from './labels.js';
import { selector } from './snippets.js';
import { plain, shown, shownInPart } from './text.js';

/** Samples that are shown at first, and that "show more" adds. */
export const samplesPerPage = 100;

/** @param load is called when samples are wanted that are not there yet */
export function createFamily(family, groupLabels, load) {
  const summary = h('summary', {},
    h('span', { class: 'family-name' }, shown(family.name)),
    h('span', { class: `type ${family.type}` }),
    h('span', { class: 'one-value' }),
    h('span', { class: 'family-series' }),
    age(family.pushed));
  const samples = h('div', { class: 'samples' });
  const element = h('details', { class: 'family', 'data-shown': samplesPerPage }, summary,
    h('div', { class: 'family-body' },
      h('div', { class: 'family-head' },
        h('p', { class: 'help' }),
        copyButton('Copy selector', () => selector(groupLabels, family.name), 'PromQL selector of this metric')),
      samples));
  element.addEventListener('toggle', () => element.open && load());
  return element;
}

export function updateFamily(element, family) {
  const type = element.querySelector('.type');
  setAttribute(type, 'class', `type ${family.type}`);
  setText(type, family.type);
  setText(element.querySelector('.family-series'), family.series === 1 ? '' : `${count(family.series)} series`);
  setAge(element.querySelector('summary time'), family.pushed);
  setAttribute(element, 'data-pushed', String(family.pushed));
  showHelp(element.querySelector('.help'), family.help ?? '');
  showOneValue(element.querySelector('.one-value'), family);
}

function showHelp(element, help) {
  if (element.dataset.help !== help) {
    element.dataset.help = help;
    element.replaceChildren(help === '' ? h('i', { class: 'none' }, 'no help text') : shownInPart(help));
  }
}

/** A family of one plain number tells it without being opened. */
function showOneValue(element, family) {
  const [metric] = family.metrics;
  const value = family.series === 1 ? metric?.value : undefined;
  if (element.dataset.value !== value) {
    element.dataset.value = value;
    element.replaceChildren(...(value === undefined ? [] : valueNodes(family.name, value)));
  }
}

/** Large numbers are for reading; the text as it was pushed is in the tooltip. */
const withoutExponent = (value) => (/e[+]/.test(value) && Math.abs(Number(value)) < 1e18 ? String(Number(value)) : value);

function valueNodes(name, value) {
  const meant = meaning(name, value);
  return [h('span', { class: 'value', title: value }, withoutExponent(value)), meant && h('span', { class: 'meant' }, ' ', meant)].filter(Boolean);
}

/** Whether an open family shows other samples than it should. */
export const isOutdated = (element) => element.open
  && element.dataset.loaded !== `${element.dataset.pushed} ${element.dataset.shown}`;

/** Shows the samples of a family, as one answer has them. */
export function showSamples(element, family, groupLabels, load) {
  element.dataset.loaded = `${family.pushed} ${element.dataset.shown}`;
  const samples = element.querySelector('.samples');
  const isPlain = family.metrics.every((metric) => metric.value !== undefined);
  samples.replaceChildren(isPlain
    ? numberTable(family, groupLabels)
    : h('div', {}, family.metrics.map((metric) => distribution(metric, groupLabels))));
  const left = family.series - family.metrics.length;
  if (left > 0) {
    samples.append(h('p', { class: 'more-samples' },
      `${count(family.metrics.length)} of ${plural(family.series, 'series').replace('seriess', 'series')} `,
      h('button', {
        type: 'button',
        onclick: () => {
          element.dataset.shown = Number(element.dataset.shown) + 5 * samplesPerPage;
          load();
        },
      }, `Show ${count(Math.min(left, 5 * samplesPerPage))} more`)));
  }
}

/** Only the labels that the group does not tell already. */
const ownLabels = (metric, groupLabels) => orderedLabels(metric.labels)
  .filter(([name, value]) => groupLabels[name] !== value && !(name === 'instance' && value === ''));

function numberTable(family, groupLabels) {
  return h('table', { class: 'numbers' },
    h('thead', { class: 'sr-only' }, h('tr', {}, h('th', { scope: 'col' }, 'Labels'), h('th', { scope: 'col' }, 'Value'))),
    h('tbody', {}, family.metrics.map((metric) => h('tr', {},
      h('th', { scope: 'row' }, labelList(ownLabels(metric, groupLabels))),
      h('td', {}, valueNodes(family.name, metric.value))))));
}

function labelList(labels) {
  return labels.length === 0
    ? h('span', { class: 'muted' }, 'no other labels')
    : labels.map(([name, value]) => h('span', { class: 'sample-label' },
      h('span', { class: 'sample-name' }, shown(name)), '=', h('span', { class: 'sample-value' }, shownInPart(value))));
}

function distribution(metric, groupLabels) {
  const labels = ownLabels(metric, groupLabels);
  return h('section', { class: 'distribution', 'aria-label': labels.map(([n, v]) => `${plain(n)}=${plain(v)}`).join(', ') || null },
    labels.length > 0 ? h('p', { class: 'distribution-labels' }, labelList(labels)) : null,
    metric.quantiles ? quantiles(metric) : histogram(metric));
}
