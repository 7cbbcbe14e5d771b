// A metric family of a group: its header and, once it is open, its samples: a table of numbers, or pictures.
import { exemplarText, histogram, quantiles } from './charts.js';
import { h, hide, on, one, redraw, setAttribute, setText } from './dom.js';
import { count, focusableAge, meaning, orderedLabels, plain, plural, setAge, shown, shownInPart } from './format.js';
import { copyButton, selector } from './syntax.js';

// Samples that are shown at first; "show more" adds five times as many.
export const samplesPerPage = 100;
const maxSamples = 10_000;
const longHelp = 240;

// load: is called when samples are wanted that are not there yet
export function createFamily(family, groupLabels, load, isOpen) {
	const element = h('details.family', { 'data-shown': samplesPerPage, open: isOpen },
		h('summary', h('span.family-name', shown(family.name)), h('span.type'), h('span.one-value'), h('span.meant'),
			h('span.family-series'), h('span.help')),
		h('div.family-body',
			h('div.family-head',
				h('p.rest'), h('p.family-pushed', 'pushed ', focusableAge(0)),
				copyButton('Copy selector', () => selector(groupLabels, family.name), 'PromQL selector of this metric')),
			h('div.samples')));
	element.load = load;
	on(element, 'toggle', () => element.open && element.load());
	return element;
}

export function updateFamily(element, { name, type, series, pushed, help, unit, metrics }, groupPushed) {
	setAttribute(one(element, '.type'), 'class', `type ${type}`);
	setText(one(element, '.type'), type);
	setText(one(element, '.family-series'), series === 1 ? '' : plural(series, 'series'));
	// Only of a family that another push brought than the last.
	hide(one(element, '.family-pushed'), groupPushed - pushed < 1);
	setAge(one(element, '.family-pushed time'), pushed);
	element.dataset.pushed = pushed;
	const text = `${help ?? ''}${unit ? ` (in ${unit})` : ''}`;
	redraw(one(element, '.help'), text || null, () => shown(plain(text) === text ? text : text.slice(0, longHelp)));
	redraw(one(element, '.rest'), text.length > longHelp ? text : null, shownInPart);
	const value = series === 1 ? metrics[0]?.value ?? null : null;
	redraw(one(element, '.one-value'), value, valueNode);
	redraw(one(element, '.meant'), value, () => meaning(name, value, unit));
}

// Large numbers are for reading; the text as it was pushed is in the tooltip.
const valueNode = (value) => h('span.value', { title: value },
	/e[+]/.test(value) && Math.abs(Number(value)) < 1e18 ? Number(value) : value);

export const isOutdated = ({ open, dataset }) => open && dataset.loaded !== `${dataset.pushed} ${dataset.shown}`;

export function showSamples(element, family, groupLabels) {
	const { dataset } = element;
	dataset.loaded = `${family.pushed} ${dataset.shown}`;
	const left = family.series - family.metrics.length;
	const loadMore = (samples) => {
		dataset.shown = Math.min(maxSamples, samples);
		element.load();
	};
	const sort = (order) => {
		dataset.order = order;
		if (left > 0) {
			loadMore(family.series);
		} else {
			showSamples(element, family, groupLabels);
			one(element, '[aria-sort] button')?.focus();
		}
	};
	one(element, '.samples').replaceChildren(
		family.metrics.every(({ value }) => value !== undefined) ? numberTable(family, groupLabels, dataset.order ?? '', sort)
			: h('div', family.metrics.map((metric) => distribution(metric, groupLabels))),
		left <= 0 ? '' : h('p.more-samples', `${count(family.metrics.length)} of ${plural(family.series, 'series')} `,
			h('button', { onclick: () => loadMore(Number(dataset.shown) + 5 * samplesPerPage) },
				`Show ${count(Math.min(left, 5 * samplesPerPage))} more`)));
}

const ownLabels = (metric, groupLabels) => orderedLabels(metric.labels)
	.filter(([name, value]) => groupLabels[name] !== value && !(name === 'instance' && value === ''));

const natural = new Intl.Collator('en', { numeric: true }).compare;
const comparisons = {
	'': () => 0,
	labels: (one, other) => natural(JSON.stringify(one.labels), JSON.stringify(other.labels)),
	value: (one, other) => Number(one.value) - Number(other.value),
};

// order: '' (as exposed), labels, value; with - in front, descending
function numberTable({ name, unit, metrics }, groupLabels, order, sort) {
	const isDescending = order.startsWith('-');
	const key = order.replace('-', '');
	const rows = metrics.map((metric) => ({ ...metric, labels: ownLabels(metric, groupLabels), meant: meaning(name, metric.value, unit) }))
		.sort((one, other) => (isDescending ? -1 : 1) * comparisons[key](one, other));
	const hasMeanings = rows.some(({ meant }) => meant !== null);
	const head = (title, first, second, attributes) => h('th', {
		'aria-sort': [first, second].includes(order) && (isDescending ? 'descending' : 'ascending'), ...attributes,
	}, metrics.length < 2 ? title : h('button', { onclick: () => sort(order === first ? second : first) }, title));
	return h('table.numbers',
		h('thead', h('tr', head('Labels', 'labels', '-labels'), head('Value', '-value', 'value', { class: 'value-head' }),
			hasMeanings && h('th', 'That is'))),
		h('tbody', rows.map(({ labels, value, meant, created, exemplars = [] }) => h('tr',
			h('th', { scope: 'row' }, labelList(labels), created && h('span.origin', 'since ', focusableAge(created)),
				exemplars.map((exemplar) => h('span.origin', `exemplar ${exemplarText(exemplar)}`))),
			h('td', valueNode(value)),
			hasMeanings && h('td.meant', meant)))));
}

const labelList = (labels) => (labels.length === 0 ? h('span.muted', 'no other labels')
	: labels.map(([name, value]) => h('span.sample-label',
		h('span.sample-name', shown(name)), '=', h('span.sample-value', shownInPart(value)))));

function distribution(metric, groupLabels) {
	const labels = ownLabels(metric, groupLabels);
	return h('section.distribution', { 'aria-label': labels.map(([n, v]) => `${plain(n)}=${plain(v)}`).join(', ') || null },
		labels.length > 0 && h('p.distribution-labels', labelList(labels)),
		metric.quantiles ? quantiles(metric) : histogram(metric));
}
