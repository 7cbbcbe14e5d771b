// The last pushes of a group and what became of them.
import { sparkline } from './charts.js';
import { byId, h } from './dom.js';
import { age, bytes, count, duration, exactTime } from './format.js';
import { plain, shown, shownInPart } from './text.js';

/** @param history newest first; null or undefined where the gateway has none */
export function showHistory(history) {
  const place = byId('group-history');
  place.hidden = !history || history.length === 0;
  const key = JSON.stringify(history ?? []);
  if (place.hidden || place.dataset.shown === key) {
    return;
  }
  place.dataset.shown = key;
  const rejected = history.filter(({ reason }) => reason !== null).length;
  const label = history.length === 1 ? `The last push was ${rejected === 0 ? 'accepted' : 'rejected'}`
    : `Last ${history.length} pushes, ${rejected === 0 ? 'all accepted' : `${rejected} rejected`}`;
  const bars = history.toReversed().map((one) => ({
    value: one.samples, isGood: one.reason === null,
    title: `${exactTime(one.time)}: ${one.reason === null ? `${count(one.samples)} samples` : plain(one.reason)}`,
  }));
  byId('history-summary').replaceChildren(label, sparkline(bars, label));
  byId('history-rows').replaceChildren(...history.map(createRow));
}

const createRow = ({ time, method, status, reason, samples, bytes: size, duration_seconds: seconds, client }) => h('tr',
  h('td', age(time, { tabindex: 0 })),
  h('td', h('span', { class: reason === null ? 'badge good' : 'badge bad' }, `${method} ${status}`)),
  h('td.number', reason === null ? count(samples) : ''),
  h('td.number', bytes(size)),
  h('td.number', duration(seconds)),
  h('td', h('code', shown(client ?? '')),
    reason === null ? null : h('p.message', shownInPart(reason))));
