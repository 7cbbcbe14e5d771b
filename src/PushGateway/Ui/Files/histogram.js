// Histograms and summaries, as pictures and numbers.
import { barTable, columns, number } from './charts.js';
import { h } from './dom.js';
import { age, count, exactTime } from './format.js';
import { plain } from './text.js';

/** A histogram: how many observations each bucket has by itself, with exemplars as dots. */
export function histogram(metric) {
  const isNative = metric.native === true;
  const buckets = isNative ? nativeBuckets(metric.native_buckets ?? []) : perBucket(metric.buckets ?? []);
  const facts = factsOf(metric);
  if (Number(metric.count) > 0) {
    for (const rank of isNative ? [] : [0.5, 0.95]) {
      const estimate = quantileOf(buckets, rank);
      if (estimate !== null) {
        facts.push(`p${rank * 100} ≈ ${number(estimate)}`);
      }
    }
  }
  const dotsOf = dotsIn(buckets, metric.exemplars ?? [], isNative);
  const bars = buckets.map((bucket, i) => ({
    label: isNative ? number(Number(bucket.to)) : bucket.to, value: bucket.count, title: `${rangeOf(bucket)}: ${count(bucket.count)}`, dots: dotsOf[i],
  }));
  return h('div.histogram',
    factLine(facts, metric.created, isNative ? h('span.badge', 'native') : null),
    buckets.length > 0 ? columns(bars, `Histogram of ${bars.length} buckets. ${facts.join(', ')}.`) : null,
    buckets.length > 0 ? bucketTable(buckets) : null);
}

/** A summary: a bar for each quantile. */
export function quantiles(metric) {
  const rows = metric.quantiles.map(([rank, value]) => ({
    name: `p${Number((Number(rank) * 100).toPrecision(6))}`, size: Number(value), text: value,
  }));
  return h('div.summary-metric',
    factLine(factsOf(metric), metric.created), rows.length > 0 ? barTable(rows, 'Quantile', 'Value') : null);
}

function factsOf({ count: observations, sum }) {
  const facts = [`${count(observations)} observations`, `sum ${number(Number(sum))}`];
  return Number(observations) > 0 ? [...facts, `mean ${number(Number(sum) / Number(observations))}`] : facts;
}

const factLine = (facts, created, ...more) => h('p.facts', ...more,
  facts.map((fact) => h('span.fact', fact)),
  created ? h('span.fact', 'counting since ', age(created, { tabindex: 0 })) : null);

/** An exemplar in words: its labels, its value, when. */
export const exemplarText = ({ labels, value, timestamp }) => [
  ...Object.entries(labels).map(([name, text]) => `${plain(name)}=${plain(text)}`), value,
  timestamp ? exactTime(timestamp) : ''].filter(Boolean).join(' · ');

/** Texts of the exemplars of each bucket: of the one that the exemplar names, or that its value falls into. */
function dotsIn(buckets, exemplars, isNative) {
  const dots = buckets.map(() => []);
  for (const exemplar of exemplars) {
    const at = isNative || exemplar.le === undefined
      ? buckets.findIndex(({ to }) => Number(exemplar.value) <= Number(String(to).replace('+Inf', 'Infinity')))
      : buckets.findIndex(({ to }) => to === exemplar.le);
    dots[at]?.push(exemplarText(exemplar));
  }
  return dots;
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
  return h('details.buckets', h('summary', 'Buckets'),
    h('table.numbers',
      h('thead', h('tr', ['Bucket', 'Count', 'Up to here'].map((name) => h('th', { scope: 'col' }, name)))),
      h('tbody', buckets.map((bucket) => h('tr', h('th', { scope: 'row' }, rangeOf(bucket)),
        h('td', count(bucket.count)), h('td', count(upTo += bucket.count)))))));
}
