// A metric family of a group: its header, and its samples once it is open.
import { copyButton } from './copy.js';
import { h, setAttribute, setText } from './dom.js';
import { age, count, meaning, plural, setAge } from './format.js';
import { createSamples } from './samples.js';
import { selector } from './snippets.js';
import { plain, shown, shownInPart } from './text.js';

/** Samples that are shown at first, and that "show more" adds. */
export const samplesPerPage = 100;
const mostSamples = 10_000;
const longHelp = 240;

/** @param load is called when samples are wanted that are not there yet */
export function createFamily(family, groupLabels, load) {
  const summary = h('summary',
    h('span.family-name', shown(family.name)),
    h('span.type'),
    h('span.one-value'),
    h('span.meant'),
    h('span.family-series'),
    h('span.help'));
  const element = h('details.family', { 'data-shown': samplesPerPage }, summary,
    h('div.family-body',
      h('div.family-head',
        h('p.rest'), h('p.family-pushed', { hidden: true }, 'pushed ', age(0, { tabindex: 0 })),
        copyButton('Copy selector', () => selector(groupLabels, family.name), 'PromQL selector of this metric')),
      h('div.samples')));
  element.addEventListener('toggle', () => element.open && load());
  return element;
}

export function updateFamily(element, family, groupPushed) {
  const type = element.querySelector('.type');
  setAttribute(type, 'class', `type ${family.type}`);
  setText(type, family.type);
  setText(element.querySelector('.family-series'), family.series === 1 ? '' : plural(family.series, 'series'));
  // Only a family that another push brought than the last.
  element.querySelector('.family-pushed').hidden = groupPushed - family.pushed < 1;
  setAge(element.querySelector('.family-pushed time'), family.pushed);
  setAttribute(element, 'data-pushed', String(family.pushed));
  showHelp(element, family);
  showOneValue(element, family);
}

function showHelp(element, { help, unit }) {
  const text = `${help ?? ''}${unit ? ` (in ${unit})` : ''}`;
  const place = element.querySelector('.help');
  if (place.dataset.help !== text) {
    place.dataset.help = text;
    place.replaceChildren(text === '' ? '' : shown(plain(text) === text ? text : text.slice(0, longHelp)));
    element.querySelector('.rest').replaceChildren(text.length > longHelp ? shownInPart(text) : '');
  }
}

/** A family of one plain number tells it without being opened. */
function showOneValue(element, { name, series, metrics, unit }) {
  const value = series === 1 ? metrics[0]?.value : undefined;
  const [number, meant] = element.querySelectorAll('.one-value, .meant');
  if (number.dataset.value !== String(value)) {
    number.dataset.value = String(value);
    number.replaceChildren(value === undefined ? '' : valueNode(value));
    meant.replaceChildren((value !== undefined && meaning(name, value, unit)) || '');
  }
}

/** Large numbers are for reading; the text as it was pushed is in the tooltip. */
export const valueNode = (value) => h('span.value', { title: value },
  /e[+]/.test(value) && Math.abs(Number(value)) < 1e18 ? String(Number(value)) : value);

/** Whether an open family shows other samples than it should. */
export const isOutdated = (element) => element.open
  && element.dataset.loaded !== `${element.dataset.pushed} ${element.dataset.shown}`;

/** Shows the samples of a family, as one answer has them. */
export function showSamples(element, family, groupLabels, load) {
  element.dataset.loaded = `${family.pushed} ${element.dataset.shown}`;
  const left = family.series - family.metrics.length;
  const loadMore = (samples) => {
    element.dataset.shown = Math.min(mostSamples, samples);
    load();
  };
  const sort = (order) => {
    element.dataset.order = order;
    if (left > 0) {
      loadMore(family.series);
    } else {
      showSamples(element, family, groupLabels, load);
      element.querySelector('[aria-sort] button')?.focus();
    }
  };
  element.querySelector('.samples').replaceChildren(
    createSamples(family, groupLabels, element.dataset.order ?? '', sort),
    left <= 0 ? '' : h('p.more-samples', `${count(family.metrics.length)} of ${plural(family.series, 'series')} `,
      h('button', { onclick: () => loadMore(Number(element.dataset.shown) + 5 * samplesPerPage) },
        `Show ${count(Math.min(left, 5 * samplesPerPage))} more`)));
}
