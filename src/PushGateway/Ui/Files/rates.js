// Pushes per second over the last hour, as a picture.
import { number, picture } from './charts.js';
import { h, svg } from './dom.js';
import { clockTime, count } from './format.js';

const width = 1000;
const height = 100;

/** Pushes per second over the last hour: accepted ones as an area, rejected ones as columns from below. */
export function pushRates({ step, end, accepted, rejected }) {
  const points = accepted.map((number, i) => ({ accepted: number / step, rejected: rejected[i] / step }));
  const highest = niceAbove(Math.max(...points.map((point) => Math.max(point.accepted, point.rejected)), 0));
  const x = (i) => (i / Math.max(1, points.length - 1)) * width;
  const y = (rate) => height - (rate / highest) * height;
  const line = points.map((point, i) => `${x(i).toFixed(1)},${y(point.accepted).toFixed(1)}`).join(' ');
  const span = width / points.length;
  const marker = svg('line', { class: 'marker', y1: 0, y2: height, visibility: 'hidden' });
  const chart = picture(describeRates(accepted, rejected, step),
    ...[0.25, 0.5, 0.75].map((part) => svg('line', { class: 'grid', x1: 0, x2: width, y1: height * part, y2: height * part })),
    svg('polygon', { class: 'area', points: `0,${height} ${line} ${width},${height}` }),
    svg('polyline', { class: 'line', points: line }),
    ...points.map((point, i) => (point.rejected === 0 ? null : svg('rect', {
      class: 'bar bad', x: x(i) - span / 2, y: y(point.rejected), width: Math.max(3, span), height: height - y(point.rejected),
    }))),
    marker);
  const readout = h('p.readout', { 'aria-hidden': 'true' });
  const say = (i) => {
    const at = end - (points.length - 1 - i) * step;
    readout.textContent = `${clockTime(at)}  ${number(points[i].accepted)}/s accepted, ${number(points[i].rejected)}/s rejected`;
  };
  const rest = () => {
    marker.setAttribute('visibility', 'hidden');
    readout.textContent = describeRates(accepted, rejected, step);
  };
  chart.addEventListener('pointermove', (event) => {
    const box = chart.getBoundingClientRect();
    const i = Math.max(0, Math.min(points.length - 1, Math.round(((event.clientX - box.left) / box.width) * (points.length - 1))));
    marker.setAttribute('x1', x(i));
    marker.setAttribute('x2', x(i));
    marker.setAttribute('visibility', 'visible');
    say(i);
  });
  chart.addEventListener('pointerleave', rest);
  rest();
  const hour = points.length * step;
  return h('div.rates', readout,
    h('div.plot', chart, h('span.top', { 'aria-hidden': 'true' }, `${number(highest)}/s`)),
    h('div.axis.wide', { 'aria-hidden': 'true' },
      [1, 0.75, 0.5, 0.25, 0].map((part) => h('span', clockTime(end - hour * part)))));
}

function describeRates(accepted, rejected, step) {
  const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);
  return `Last ${Math.round((accepted.length * step) / 60)} minutes: ${count(sum(accepted))} accepted, ${count(sum(rejected))} rejected`;
}

/** The next 1, 2 or 5 times a power of ten. */
function niceAbove(value) {
  if (value <= 0) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((nice) => nice >= value);
}
