// Pictures of numbers, drawn as SVG that is stretched to its place; the words around it are HTML, and stay sharp.
import { h, svg } from './dom.js';
import { clockTime, count } from './format.js';

const width = 1000;
const height = 100;

const number = (value) => (Number.isFinite(value) && Math.abs(value) < 1e15
  ? value.toLocaleString('en', { maximumSignificantDigits: 4 }) : String(value));

const picture = (label, ...shapes) => svg('svg', {
  viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label,
}, ...shapes);

/** Columns side by side: pairs of a label for the axis and a value, each with what it says on hover. */
export function columns(bars, label) {
  const highest = Math.max(1, ...bars.map((bar) => bar.value));
  const step = width / bars.length;
  const shapes = bars.map((bar, i) => {
    const size = bar.value === 0 ? 0 : Math.max(2, (bar.value / highest) * (height - 4));
    const x = i * step + step * 0.08;
    return svg('g', { class: 'column' },
      svg('title', {}, bar.title),
      svg('rect', { class: 'hover', x: i * step, y: 0, width: step, height }),
      svg('rect', { class: 'bar', x, y: height - size, width: step * 0.84, height: size }));
  });
  const every = Math.ceil(bars.length / 12);
  return h('div', { class: 'columns' }, picture(label, ...shapes),
    h('div', { class: 'axis', 'aria-hidden': 'true' },
      bars.map((bar, i) => h('span', {}, i % every === 0 || i === bars.length - 1 ? bar.label : ''))));
}

/** A histogram: how many observations each bucket has by itself. */
export function histogram(metric) {
  const isNative = metric.native === true;
  const buckets = isNative ? nativeBuckets(metric.native_buckets ?? []) : perBucket(metric.buckets ?? []);
  const facts = [`${count(metric.count)} observations`, `sum ${number(Number(metric.sum))}`];
  if (Number(metric.count) > 0) {
    facts.push(`mean ${number(Number(metric.sum) / Number(metric.count))}`);
    for (const rank of isNative ? [] : [0.5, 0.95]) {
      const estimate = quantileOf(buckets, rank);
      if (estimate !== null) {
        facts.push(`p${rank * 100} ≈ ${number(estimate)}`);
      }
    }
  }
  const bars = buckets.map((bucket) => ({
    label: isNative ? number(Number(bucket.to)) : bucket.to, value: bucket.count, title: `${rangeOf(bucket)}: ${count(bucket.count)}`,
  }));
  return h('div', { class: 'histogram' },
    h('p', { class: 'facts' }, isNative ? h('span', { class: 'badge' }, 'native') : null,
      facts.map((fact) => h('span', { class: 'fact' }, fact))),
    buckets.length > 0 ? columns(bars, `Histogram of ${bars.length} buckets. ${facts.join(', ')}.`) : null,
    buckets.length > 0 ? bucketTable(buckets) : null);
}

const rangeOf = ({ from, to, hasFrom = false, hasTo = true }) => (from === null
  ? `≤ ${to}` : `${from} ${hasFrom ? '≤' : '<'} x ${hasTo ? '≤' : '<'} ${to}`);

/** @param cumulative pairs of upper bound and count, as exposed */
function perBucket(cumulative) {
  let before = 0;
  let from = null;
  return cumulative.map(([to, upTo]) => {
    const bucket = { from, to, count: Math.max(0, Number(upTo) - before) };
    before = Number(upTo);
    from = to;
    return bucket;
  });
}

/** @param buckets which bounds belong to it (0: the upper one, 1: the lower one, 2: none, 3: both), lower and upper bound, count */
const nativeBuckets = (buckets) => buckets.map(([bounds, from, to, observations]) => ({
  from, to, hasFrom: bounds === 1 || bounds === 3, hasTo: bounds === 0 || bounds === 3, count: Number(observations),
}));

/** As Prometheus estimates it: by a straight line through the bucket that the rank falls into. */
function quantileOf(buckets, rank) {
  const wanted = rank * buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  let below = 0;
  for (const bucket of buckets) {
    if (bucket.count > 0 && below + bucket.count >= wanted) {
      const from = bucket.from === null ? Math.min(0, Number(bucket.to)) : Number(bucket.from);
      const to = Number(bucket.to.replace('+Inf', 'Infinity'));
      return Number.isFinite(to) && Number.isFinite(from)
        ? from + (to - from) * ((wanted - below) / bucket.count) : null;
    }
    below += bucket.count;
  }
  return null;
}

function bucketTable(buckets) {
  let upTo = 0;
  return h('details', { class: 'buckets' }, h('summary', {}, 'Buckets'),
    h('table', { class: 'numbers' },
      h('thead', {}, h('tr', {}, ['Bucket', 'Count', 'Up to here'].map((name) => h('th', { scope: 'col' }, name)))),
      h('tbody', {}, buckets.map((bucket) => h('tr', {}, h('th', { scope: 'row' }, rangeOf(bucket)),
        h('td', {}, count(bucket.count)), h('td', {}, count(upTo += bucket.count)))))));
}

/** A summary: a bar for each quantile. */
export function quantiles(metric) {
  const rows = metric.quantiles.map(([rank, value]) => ({
    name: `p${Number((Number(rank) * 100).toPrecision(6))}`, size: Number(value), text: value,
  }));
  return h('div', { class: 'summary-metric' },
    h('p', { class: 'facts' },
      h('span', { class: 'fact' }, `${count(metric.count)} observations`),
      h('span', { class: 'fact' }, `sum ${number(Number(metric.sum))}`),
      Number(metric.count) > 0 ? h('span', { class: 'fact' }, `mean ${number(Number(metric.sum) / Number(metric.count))}`) : null),
    rows.length > 0 ? barTable(rows, 'Quantile', 'Value') : null);
}

/** Rows of a name (text or a node), a bar and its number. */
export function barTable(rows, nameTitle, valueTitle) {
  const largest = Math.max(...rows.map((row) => Math.abs(row.size)).filter(Number.isFinite), 0) || 1;
  return h('table', { class: 'bars' },
    h('thead', { class: 'sr-only' }, h('tr', {}, h('th', { scope: 'col' }, nameTitle), h('td', {}), h('th', { scope: 'col' }, valueTitle))),
    h('tbody', {}, rows.map((row) => h('tr', {}, h('th', { scope: 'row' }, row.name),
      h('td', { class: 'bar-cell', 'aria-hidden': 'true' }, svg('svg', { viewBox: `0 0 ${width} 10`, preserveAspectRatio: 'none' },
        svg('rect', { class: 'bar', width: Number.isFinite(row.size) ? Math.max(4, (Math.abs(row.size) / largest) * width) : 0, height: 10 }))),
      h('td', { class: 'value' }, row.text)))));
}

/** Pushes a second over the last hour: accepted ones as an area, refused ones as columns from below. */
export function pushRates({ step, end, accepted, refused }) {
  const points = accepted.map((taken, i) => ({ taken: taken / step, refused: refused[i] / step }));
  const highest = niceAbove(Math.max(...points.map((point) => Math.max(point.taken, point.refused)), 0));
  const x = (i) => (i / Math.max(1, points.length - 1)) * width;
  const y = (rate) => height - (rate / highest) * height;
  const line = points.map((point, i) => `${x(i).toFixed(1)},${y(point.taken).toFixed(1)}`).join(' ');
  const span = width / points.length;
  const marker = svg('line', { class: 'marker', y1: 0, y2: height, visibility: 'hidden' });
  const chart = picture(describeRates(accepted, refused, step),
    ...[0.25, 0.5, 0.75].map((part) => svg('line', { class: 'grid', x1: 0, x2: width, y1: height * part, y2: height * part })),
    svg('polygon', { class: 'area', points: `0,${height} ${line} ${width},${height}` }),
    svg('polyline', { class: 'line', points: line }),
    ...points.map((point, i) => (point.refused === 0 ? null : svg('rect', {
      class: 'bar bad', x: x(i) - span / 2, y: y(point.refused), width: Math.max(3, span), height: height - y(point.refused),
    }))),
    marker);
  const readout = h('p', { class: 'readout', 'aria-hidden': 'true' });
  const tell = (i) => {
    const at = end - (points.length - 1 - i) * step;
    readout.textContent = `${clockTime(at)}  ${number(points[i].taken)}/s accepted, ${number(points[i].refused)}/s refused`;
  };
  const rest = () => {
    marker.setAttribute('visibility', 'hidden');
    readout.textContent = describeRates(accepted, refused, step);
  };
  chart.addEventListener('pointermove', (event) => {
    const box = chart.getBoundingClientRect();
    const i = Math.max(0, Math.min(points.length - 1, Math.round(((event.clientX - box.left) / box.width) * (points.length - 1))));
    marker.setAttribute('x1', x(i));
    marker.setAttribute('x2', x(i));
    marker.setAttribute('visibility', 'visible');
    tell(i);
  });
  chart.addEventListener('pointerleave', rest);
  rest();
  const hour = points.length * step;
  return h('div', { class: 'rates' }, readout,
    h('div', { class: 'plot' }, chart, h('span', { class: 'top', 'aria-hidden': 'true' }, `${number(highest)}/s`)),
    h('div', { class: 'axis wide', 'aria-hidden': 'true' },
      [1, 0.75, 0.5, 0.25, 0].map((part) => h('span', {}, clockTime(end - hour * part)))));
}

function describeRates(accepted, refused, step) {
  const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);
  return `Last ${Math.round((accepted.length * step) / 60)} minutes: ${count(sum(accepted))} accepted, ${count(sum(refused))} refused`;
}

/** The next 1, 2 or 5 times a power of ten. */
function niceAbove(value) {
  if (value <= 0) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((nice) => nice >= value);
}
