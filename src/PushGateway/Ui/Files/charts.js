// Pictures of numbers, drawn as SVG that is stretched to its place; the words around it are HTML, and stay sharp.
import { h, on, setText, svg } from './dom.js';
import { clockTime, count, exactTime, focusableAge, plain } from './format.js';

const width = 1000;
const height = 100;

const number = (value) => (Number.isFinite(value) && Math.abs(value) < 1e15
	? value.toLocaleString('en', { maximumSignificantDigits: 4 }) : String(value));

const picture = (label, ...shapes) => svg('svg', {
	viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label,
}, ...shapes);

const column = (x, wide, size, attributes, ...children) => svg(
	'rect', { class: 'bar', x, y: height - size, width: wide, height: size, ...attributes }, ...children);

// Columns side by side, each with a label for the axis, its number, what it says on hover, and dots (texts) above it.
function columns(bars, label) {
	const highest = Math.max(1, ...bars.map(({ value }) => value));
	const step = width / bars.length;
	const every = Math.ceil(bars.length / 12);
	const axis = (kind, textOf) => h('div', { class: kind, 'aria-hidden': 'true' }, bars.map((bar, i) => h('span', textOf(bar, i))));
	return h('div.columns',
		bars.length <= 16 && axis('axis counts', ({ value }) => number(value)),
		bars.some(({ dots }) => dots.length > 0) && h('div.axis.dots', bars.map(({ dots }) => h('span', dots.map(
			(text) => h('button.dot', { 'data-tip': text, 'aria-label': text }))))),
		picture(label, ...bars.map(({ value, title }, i) => svg('g', { class: 'column' },
			svg('title', title),
			column(i * step, step, height, { class: 'hover' }),
			column((i + 0.08) * step, step * 0.84, value === 0 ? 0 : Math.max(2, (value / highest) * (height - 4)))))),
		axis('axis', (bar, i) => (i % every === 0 || i === bars.length - 1 ? bar.label : '')));
}

// Rows of a name (text or a node), a bar, its number and, with `total`, its share of that.
export function barTable(rows, nameTitle, valueTitle, total = null) {
	const largest = Math.max(...rows.map(({ size }) => Math.abs(size)).filter(Number.isFinite), 0) || 1;
	return h('table.bars',
		h('thead', h('tr', h('th', nameTitle), h('td'), h('th.value', valueTitle), total !== null && h('th.value.share', 'Share'))),
		h('tbody', rows.map(({ name, size, text }) => h('tr', h('th', { scope: 'row' }, name),
			h('td.bar-cell', { 'aria-hidden': 'true' }, svg('svg', { viewBox: `0 0 ${width} 10`, preserveAspectRatio: 'none' },
				svg('rect', { class: 'bar', width: Number.isFinite(size) && size !== 0 ? Math.max(4, (Math.abs(size) / largest) * width) : 0, height: 10 }))),
			h('td.value', text),
			total !== null && h('td.value.share', share(size, total))))));
}

function share(part, total) {
	const percent = total > 0 ? (part / total) * 100 : 0;
	return percent > 0 && percent < 1 ? '< 1 %' : `${Math.round(percent)} %`;
}

export function sparkline(bars, label) {
	const highest = Math.max(1, ...bars.map(({ value }) => value));
	const element = picture(label, ...bars.map(({ value, isGood, title }, i) => column(
		width - (bars.length - i) * 50 + 8, 34, isGood ? Math.max(8, (value / highest) * height) : height,
		{ class: isGood ? 'bar' : 'bar bad' }, svg('title', title))));
	element.setAttribute('class', 'sparkline');
	return element;
}

// Pushes per second over the last hour: accepted ones as an area, rejected ones as columns from below.
export function pushRates({ step, end, accepted, rejected }) {
	const last = accepted.length - 1;
	const highest = niceAbove(Math.max(...accepted, ...rejected, 0) / step);
	const x = (i) => (i / Math.max(1, last)) * width;
	const sizeOf = (pushes) => (pushes / step / highest) * height;
	const line = accepted.map((pushes, i) => `${x(i).toFixed(1)},${(height - sizeOf(pushes)).toFixed(1)}`).join(' ');
	const wide = Math.max(3, width / accepted.length);
	const marker = svg('line', { class: 'marker', y1: 0, y2: height, visibility: 'hidden' });
	const summary = describeRates(accepted, rejected, step);
	const chart = picture(summary,
		...[25, 50, 75].map((y) => svg('line', { class: 'grid', x1: 0, x2: width, y1: y, y2: y })),
		svg('polygon', { class: 'area', points: `0,${height} ${line} ${width},${height}` }),
		svg('polyline', { class: 'line', points: line }),
		...rejected.map((pushes, i) => pushes > 0 && column(x(i) - wide / 2, wide, sizeOf(pushes), { class: 'bar bad' })),
		marker);
	const readout = h('p.readout', { 'aria-hidden': 'true' }, summary);
	on(chart, 'pointermove', ({ clientX }) => {
		const box = chart.getBoundingClientRect();
		const i = Math.max(0, Math.min(last, Math.round(((clientX - box.left) / box.width) * last)));
		['x1', 'x2'].forEach((name) => marker.setAttribute(name, x(i)));
		marker.setAttribute('visibility', 'visible');
		setText(readout, `${clockTime(end - (last - i) * step)}  ${number(accepted[i] / step)}/s accepted, ${number(rejected[i] / step)}/s rejected`);
	});
	on(chart, 'pointerleave', () => {
		marker.setAttribute('visibility', 'hidden');
		setText(readout, summary);
	});
	return h('div.rates', readout,
		h('div.plot', chart, h('span.highest', { 'aria-hidden': 'true' }, `${number(highest)}/s`)),
		h('div.axis.wide', { 'aria-hidden': 'true' },
			[1, 0.75, 0.5, 0.25, 0].map((part) => h('span', clockTime(end - accepted.length * step * part)))));
}

function describeRates(accepted, rejected, step) {
	const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);
	return `Last ${Math.round((accepted.length * step) / 60)} minutes: ${count(sum(accepted))} accepted, ${count(sum(rejected))} rejected`;
}

function niceAbove(value) {
	const power = 10 ** Math.floor(Math.log10(value));
	return value <= 0 ? 1 : [1, 2, 5, 10].map((factor) => factor * power).find((nice) => nice >= value);
}

const numberOf = (bound) => Number(String(bound).replace('+Inf', 'Infinity'));

export function histogram(metric) {
	const isNative = metric.native === true;
	const buckets = isNative ? nativeBuckets(metric.native_buckets ?? []) : perBucket(metric.buckets ?? []);
	const facts = factsOf(metric);
	for (const rank of isNative || Number(metric.count) === 0 ? [] : [0.5, 0.95]) {
		const estimate = quantileOf(buckets, rank);
		if (estimate !== null) {
			facts.push(`p${rank * 100} ≈ ${number(estimate)}`);
		}
	}
	const dots = dotsIn(buckets, metric.exemplars ?? [], isNative);
	const bars = buckets.map((bucket, i) => ({
		label: isNative ? number(Number(bucket.to)) : bucket.to, value: bucket.count, title: `${rangeOf(bucket)}: ${count(bucket.count)}`, dots: dots[i],
	}));
	return h('div.histogram',
		factLine(facts, metric.created, isNative && h('span.badge', 'native')),
		buckets.length > 0 && [columns(bars, `Histogram of ${bars.length} buckets. ${facts.join(', ')}.`), bucketTable(buckets)]);
}

export const quantiles = (metric) => h('div.summary-metric',
	factLine(factsOf(metric), metric.created),
	metric.quantiles.length > 0 && barTable(metric.quantiles.map(([rank, value]) => ({
		name: `p${Number((Number(rank) * 100).toPrecision(6))}`, size: Number(value), text: value,
	})), 'Quantile', 'Value'));

function factsOf({ count: observations, sum }) {
	const facts = [`${count(observations)} observations`, `sum ${number(Number(sum))}`];
	return Number(observations) > 0 ? [...facts, `mean ${number(Number(sum) / Number(observations))}`] : facts;
}

const factLine = (facts, created, badge = null) => h('p.facts', badge,
	facts.map((fact) => h('span.fact', fact)),
	created && h('span.fact', 'counting since ', focusableAge(created)));

export const exemplarText = ({ labels, value, timestamp }) => [
	...Object.entries(labels).map(([name, text]) => `${plain(name)}=${plain(text)}`), value,
	timestamp ? exactTime(timestamp) : ''].filter(Boolean).join(' · ');

// Texts of the exemplars of each bucket: of the one that the exemplar names, or that its value falls into.
function dotsIn(buckets, exemplars, isNative) {
	const dots = buckets.map(() => []);
	for (const exemplar of exemplars) {
		const at = buckets.findIndex(({ to }) => (isNative || exemplar.le === undefined
			? Number(exemplar.value) <= numberOf(to) : to === exemplar.le));
		dots[at]?.push(exemplarText(exemplar));
	}
	return dots;
}

const rangeOf = ({ from, to, hasFrom = false, hasTo = true }) => (from === null
	? `≤ ${to}` : `${from} ${hasFrom ? '≤' : '<'} x ${hasTo ? '≤' : '<'} ${to}`);

// cumulative: pairs of upper bound and count, as exposed
const perBucket = (cumulative) => cumulative.map(([to, upTo], i) => {
	const [from, before] = cumulative[i - 1] ?? [null, 0];
	return { from, to, count: Math.max(0, Number(upTo) - Number(before)) };
});

// buckets: which bounds belong to it (0: the upper one, 1: the lower one, 2: none, 3: both), lower and upper bound, count
const nativeBuckets = (buckets) => buckets.map(([bounds, from, to, observations]) => ({
	from, to, hasFrom: bounds % 2 === 1, hasTo: bounds % 3 === 0, count: Number(observations),
}));

// As Prometheus estimates it: by a straight line through the bucket that the rank falls into.
function quantileOf(buckets, rank) {
	const wanted = rank * buckets.reduce((sum, bucket) => sum + bucket.count, 0);
	let below = 0;
	for (const bucket of buckets) {
		if (bucket.count > 0 && below + bucket.count >= wanted) {
			const to = numberOf(bucket.to);
			const from = bucket.from === null ? Math.min(0, to) : Number(bucket.from);
			const estimate = from + (to - from) * ((wanted - below) / bucket.count);
			return Number.isFinite(estimate) ? estimate : null;
		}
		below += bucket.count;
	}
	return null;
}

function bucketTable(buckets) {
	let upTo = 0;
	return h('details.buckets', h('summary', 'Buckets'),
		h('table.numbers',
			h('thead', h('tr', ['Bucket', 'Count', 'Up to here'].map((name) => h('th', name)))),
			h('tbody', buckets.map((bucket) => h('tr', h('th', { scope: 'row' }, rangeOf(bucket)),
				h('td', count(bucket.count)), h('td', count(upTo += bucket.count)))))));
}
