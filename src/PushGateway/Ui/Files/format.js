// Numbers, sizes and times for reading.
import { serverNow } from './api.js';
import { h, setAttribute, setText } from './dom.js';

const spans = [['y', 365 * 86400], ['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];

export const count = (number) => Number(number).toLocaleString('en');

/** Series stay series. */
export const plural = (number, noun) => `${count(number)} ${Number(number) === 1 || noun === 'series' ? noun
  : noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;

/** 1536 is "1.5 KiB". */
export function bytes(number) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let size = number;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** The two largest units of a time: "3 h 12 min". */
export function duration(seconds) {
  if (seconds < 1) {
    return seconds > 0 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : '0 s';
  }
  const first = spans.findIndex(([, length]) => seconds >= length);
  const [unit, length] = spans[first];
  const large = `${Math.floor(seconds / length)} ${unit}`;
  const next = spans[first + 1];
  const rest = next ? Math.floor((seconds % length) / next[1]) : 0;
  return rest > 0 ? `${large} ${rest} ${next[0]}` : large;
}

/** In one unit: "3 h". */
function roughly(seconds) {
  const [unit, length] = spans.find(([, span]) => seconds >= span) ?? ['s', 1];
  return `${Math.floor(seconds / length)} ${unit}`;
}

/** How long ago: "3 h ago", "in 3 h". */
export function ago(seconds) {
  return seconds < -5 ? `in ${roughly(-seconds)}` : seconds < 1 ? 'just now' : `${roughly(seconds)} ago`;
}

/** Whether a date can be made of it. */
const isTime = (unixSeconds) => unixSeconds > 0 && unixSeconds < 8e12;

/** The time in full, in the reader's time zone. */
export function exactTime(unixSeconds) {
  if (!isTime(unixSeconds)) {
    return String(unixSeconds);
  }
  const time = new Date(unixSeconds * 1000);
  return `${time.toLocaleString('en-GB', {
    year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
    fractionalSecondDigits: 3,
  })} (${time.toLocaleTimeString('en', { timeZoneName: 'short' }).split(' ').at(-1)})`;
}

export const clockTime = (unixSeconds) => new Date(unixSeconds * 1000)
  .toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

/** An age that goes on by itself, with the exact time on hover, focus and tap. 0 is never. */
export function age(unixSeconds, attributes = {}) {
  const element = h('time.age', { ...attributes });
  setAge(element, unixSeconds);
  return element;
}

export function setAge(element, unixSeconds) {
  const at = String(unixSeconds);
  if (element.dataset.at === at) {
    return;
  }
  element.dataset.at = at;
  setAttribute(element, 'datetime', isTime(unixSeconds) ? new Date(unixSeconds * 1000).toISOString() : null);
  showAge(element);
}

/** With `data-late`, by how much the time is over. */
function showAge(element) {
  const { at, late } = element.dataset;
  const passed = serverNow() - Number(at);
  setText(element, at === '0' ? 'never' : late === undefined ? ago(passed) : roughly(Math.max(0, passed)));
}

/** Brings all ages of the page up to date. */
export const showAges = () => document.querySelectorAll('time[data-at]').forEach(showAge);

/** What a sample's value says to a reader, by the unit in the metric's name; null where the number says it all. */
export function meaning(name, text, unit = '') {
  const value = Number(text);
  if (!Number.isFinite(value)) {
    return null;
  }
  if (/_(timestamp|time)(_seconds)?$/.test(name) && (value === 0 || (value > 1e9 && value < 1e11))) {
    return age(value, { tabindex: 0 });
  }
  if ((unit === 'bytes' || /_bytes(_total)?$/.test(name)) && Math.abs(value) >= 1024) {
    return bytes(value);
  }
  return (unit === 'seconds' || /_seconds(_total)?$/.test(name)) && value >= 60 && value < 1e9 ? duration(value) : null;
}
