// Numbers, sizes and times for reading.
import { serverNow } from './api.js';
import { h, setAttribute, setText } from './dom.js';

const spans = [['y', 365 * 86400], ['d', 86400], ['h', 3600], ['m', 60], ['s', 1]];

export const count = (number) => Number(number).toLocaleString('en');

export const plural = (number, noun) => `${count(number)} ${noun}${Number(number) === 1 ? '' : 's'}`;

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

/** The two largest units of a time: "3 h 12 m". */
export function duration(seconds) {
  if (seconds < 1) {
    return '0 s';
  }
  const first = spans.findIndex(([, length]) => seconds >= length);
  const [unit, length] = spans[first];
  const large = `${Math.floor(seconds / length)} ${unit}`;
  const next = spans[first + 1];
  const rest = next ? Math.floor((seconds % length) / next[1]) : 0;
  return rest > 0 ? `${large} ${rest} ${next[0]}` : large;
}

/** How long ago, in one unit: "3 h ago". */
export function ago(seconds) {
  if (seconds < -5) {
    return `in ${ago(-seconds).replace(' ago', '')}`;
  }
  if (seconds < 1) {
    return 'just now';
  }
  const [unit, length] = spans.find(([, span]) => seconds >= span);
  return `${Math.floor(seconds / length)} ${unit} ago`;
}

/** The time in full, in the reader's time zone. */
export function exactTime(unixSeconds) {
  const time = new Date(unixSeconds * 1000);
  return Number.isNaN(time.getTime()) ? String(unixSeconds) : `${time.toLocaleString('en-GB', {
    year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
    fractionalSecondDigits: 3,
  })} (${time.toLocaleTimeString('en', { timeZoneName: 'short' }).split(' ').at(-1)})`;
}

export const clockTime = (unixSeconds) => new Date(unixSeconds * 1000)
  .toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

/** An age that goes on by itself, with the exact time on hover. 0 is never. */
export function age(unixSeconds) {
  const element = h('time', { class: 'age' });
  setAge(element, unixSeconds);
  return element;
}

export function setAge(element, unixSeconds) {
  const at = String(unixSeconds);
  if (element.dataset.at === at) {
    return;
  }
  element.dataset.at = at;
  const isTime = unixSeconds > 0 && unixSeconds < 8e12;
  setAttribute(element, 'datetime', isTime ? new Date(unixSeconds * 1000).toISOString() : null);
  setAttribute(element, 'title', unixSeconds > 0 ? exactTime(unixSeconds) : 'never');
  showAge(element);
}

const showAge = (element) => setText(
  element, element.dataset.at === '0' ? 'never' : ago(serverNow() - Number(element.dataset.at)));

/** Brings all ages of the page up to date. */
export const showAges = () => document.querySelectorAll('time[data-at]').forEach(showAge);

/** What a sample's value says to a reader, by the unit in the metric's name; null where the number says it all. */
export function meaning(name, text) {
  const value = Number(text);
  if (!Number.isFinite(value)) {
    return null;
  }
  if (/_(timestamp|time)(_seconds)?$/.test(name) && value > 1e9 && value < 1e11) {
    return age(value);
  }
  if (/_bytes(_total)?$/.test(name) && Math.abs(value) >= 1024) {
    return bytes(value);
  }
  return /_seconds(_total)?$/.test(name) && value >= 60 && value < 1e9 ? duration(value) : null;
}
