// Pictures of numbers, drawn as SVG that is stretched to its place; the words around it are HTML, and stay sharp.
import { h, svg } from './dom.js';

const width = 1000;
const height = 100;

export const number = (value) => (Number.isFinite(value) && Math.abs(value) < 1e15
  ? value.toLocaleString('en', { maximumSignificantDigits: 4 }) : String(value));

export const picture = (label, ...shapes) => svg('svg', {
  viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label,
}, ...shapes);

/** Columns side by side, each with a label for the axis, its number, what it says on hover, and dots (texts) above it. */
export function columns(bars, label) {
  const highest = Math.max(1, ...bars.map((bar) => bar.value));
  const step = width / bars.length;
  const shapes = bars.map((bar, i) => {
    const size = bar.value === 0 ? 0 : Math.max(2, (bar.value / highest) * (height - 4));
    return svg('g', { class: 'column' },
      svg('title', {}, bar.title),
      svg('rect', { class: 'hover', x: i * step, y: 0, width: step, height }),
      svg('rect', { class: 'bar', x: i * step + step * 0.08, y: height - size, width: step * 0.84, height: size }));
  });
  const every = Math.ceil(bars.length / 12);
  const axis = (kind, textOf) => h('div', { class: kind, 'aria-hidden': 'true' }, bars.map((bar, i) => h('span', textOf(bar, i))));
  const hasDots = bars.some(({ dots = [] }) => dots.length > 0);
  return h('div.columns',
    bars.length > 16 ? null : axis('axis counts', (bar) => number(bar.value)),
    hasDots ? h('div.axis.dots', bars.map(({ dots = [] }) => h('span', dots.map((text) => h('button', {
      class: 'dot', 'data-tip': text, 'aria-label': text,
    }))))) : null,
    picture(label, ...shapes),
    axis('axis', (bar, i) => (i % every === 0 || i === bars.length - 1 ? bar.label : '')));
}

/** Rows of a name (text or a node), a bar, its number and, with `total`, its share of that. */
export function barTable(rows, nameTitle, valueTitle, total = null) {
  const largest = Math.max(...rows.map((row) => Math.abs(row.size)).filter(Number.isFinite), 0) || 1;
  return h('table.bars',
    h('thead', h('tr', h('th', { scope: 'col' }, nameTitle), h('td'), h('th', { scope: 'col', class: 'value' }, valueTitle),
      total === null ? null : h('th', { scope: 'col', class: 'value share' }, 'Share'))),
    h('tbody', rows.map((row) => h('tr', h('th', { scope: 'row' }, row.name),
      h('td.bar-cell', { 'aria-hidden': 'true' }, svg('svg', { viewBox: `0 0 ${width} 10`, preserveAspectRatio: 'none' },
        svg('rect', { class: 'bar', width: Number.isFinite(row.size) && row.size !== 0 ? Math.max(4, (Math.abs(row.size) / largest) * width) : 0, height: 10 }))),
      h('td.value', row.text),
      total === null ? null : h('td.value.share', share(row.size, total))))));
}

function share(part, total) {
  const percent = total > 0 ? (part / total) * 100 : 0;
  return percent > 0 && percent < 1 ? '< 1 %' : `${Math.round(percent)} %`;
}

/** Small columns without words: `good` or bad. */
export const sparkline = (bars, label) => {
  const highest = Math.max(1, ...bars.map(({ value }) => value));
  const element = picture(label, ...bars.map(({ value, isGood, title }, i) => {
    const size = isGood ? Math.max(8, (value / highest) * height) : height;
    return svg('rect', { class: isGood ? 'bar' : 'bar bad', x: width - (bars.length - i) * 50 + 8, y: height - size, width: 34, height: size }, svg('title', {}, title));
  }));
  element.setAttribute('class', 'sparkline');
  return element;
};
