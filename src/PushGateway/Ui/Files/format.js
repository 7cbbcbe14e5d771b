// Numbers, sizes and times for reading; text that anybody may have pushed; labels as chips.
import { all, h, redraw, setAttribute, setText } from './dom.js';
import { serverNow } from './gateway.js';
import { linkTo, listWith, view } from './router.js';
import { pushPath, withMatcher } from './syntax.js';

const spans = [['y', 365 * 86400], ['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];

export const count = (number) => Number(number).toLocaleString('en');

export const plural = (number, noun) => `${count(number)} ${Number(number) === 1 || noun === 'series' ? noun : `${noun}s`}`;

// 1536 is "1.5 KiB".
export function bytes(number) {
	const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
	let size = number;
	while (size >= 1024 && units.length > 1) {
		size /= 1024;
		units.shift();
	}
	return `${size === number || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[0]}`;
}

// The two largest units of a time: "3 h 12 min".
export function duration(seconds) {
	if (seconds < 1) {
		return seconds > 0 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : '0 s';
	}
	const first = spans.findIndex(([, length]) => seconds >= length);
	const [, length] = spans[first];
	const next = spans[first + 1];
	const rest = next ? Math.floor((seconds % length) / next[1]) : 0;
	return `${roughly(seconds)}${rest > 0 ? ` ${rest} ${next[0]}` : ''}`;
}

function roughly(seconds) {
	const [unit, length] = spans.find(([, span]) => seconds >= span) ?? ['s', 1];
	return `${Math.floor(seconds / length)} ${unit}`;
}

const ago = (seconds) => (seconds < -5 ? `in ${roughly(-seconds)}` : seconds < 1 ? 'just now' : `${roughly(seconds)} ago`);

const isTime = (unixSeconds) => unixSeconds > 0 && unixSeconds < 8e12;

// The time in full, in the reader's time zone.
export function exactTime(unixSeconds) {
	if (!isTime(unixSeconds)) {
		return String(unixSeconds);
	}
	const time = new Date(unixSeconds * 1000);
	const zone = time.toLocaleTimeString('en', { timeZoneName: 'short' }).split(' ').at(-1);
	return `${time.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })}.${time.toISOString().slice(20, 23)} (${zone})`;
}

export const clockTime = (unixSeconds) => new Date(unixSeconds * 1000).toLocaleTimeString('en-GB', { timeStyle: 'short' });

// An age that goes on by itself, with the exact time on hover, focus and tap. 0 is never.
export function age(unixSeconds, attributes = {}) {
	const element = h('time.age', attributes);
	setAge(element, unixSeconds);
	return element;
}

// The same where it is no part of a link or a row, and can be focused by itself.
export const focusableAge = (unixSeconds) => age(unixSeconds, { tabindex: 0 });

export function setAge(element, unixSeconds) {
	element.dataset.at = unixSeconds;
	setAttribute(element, 'datetime', isTime(unixSeconds) ? new Date(unixSeconds * 1000).toISOString() : null);
	showAge(element);
}

// With `data-late`, by how much the time is over.
function showAge(element) {
	const { at, late } = element.dataset;
	const passed = serverNow() - Number(at);
	setText(element, at === '0' ? 'never' : late === undefined ? ago(passed) : roughly(Math.max(0, passed)));
}

export const showAges = () => all('time[data-at]').forEach(showAge);

// What a sample's value says to a reader, by the unit in the metric's name; null where the number says it all.
export function meaning(name, text, unit = '') {
	const value = Number(text);
	if (/_(timestamp|time)(_seconds)?$/.test(name) && (value === 0 || (value > 1e9 && value < 1e11))) {
		return focusableAge(value);
	}
	if ((unit === 'bytes' || /_bytes(_total)?$/.test(name)) && Math.abs(value) >= 1024 && Number.isFinite(value)) {
		return bytes(value);
	}
	return (unit === 'seconds' || /_seconds(_total)?$/.test(name)) && value >= 60 && value < 1e9 ? duration(value) : null;
}

// Control characters, those that turn the direction of text around, and blanks without width.
const unseen = /([\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]+)/u;
const shortNames = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const longText = 240;

const spellOut = (characters) => [...characters].map((character) => shortNames[character]
	?? `\\u${character.codePointAt(0).toString(16).padStart(4, '0')}`).join('');

const startOf = (text, length) => text.slice(0, length).replace(/[\ud800-\udbff]$/, '');

// The parts of a text that are visible, and those that are not.
const split = (text, showUnseen) => text.split(unseen).map((part, i) => (i % 2 === 0 ? part : showUnseen(spellOut(part))));

// Text isolated from what is around it, whatever its direction, with what is invisible or misleading made visible.
export const shown = (text) => h('bdi.pushed', split(text, (part) => h('span.unseen', part)));

export function shownInPart(text) {
	if (text.length <= longText) {
		return shown(text);
	}
	const part = h('span', shown(startOf(text, longText)), '…',
		h('button.more', { onclick: () => part.replaceWith(shown(text)) }, `show all ${count(text.length)} characters`));
	return part;
}

// As `shown`, in plain text, for tooltips and names that are read aloud.
export const plain = (text, limit = longText) => split(
	text.length > limit ? `${startOf(text, limit)}…` : text, (part) => part).join('');

export const shownLines = (text) => text.split('\n').flatMap((line, i) => [i === 0 ? '' : '\n', shown(line)]);

export const orEmpty = (text, show = shown) => (text === '' ? h('i.none', 'empty') : show(text));

// Pairs of name and value: the job first, as in the push URL, then the others as they come.
export function orderedLabels(labels) {
	const pairs = Object.entries(labels);
	return [...pairs.filter(([name]) => name === 'job'), ...pairs.filter(([name]) => name !== 'job')];
}

const matcherText = ([name, value]) => `${plain(name)}="${plain(value)}"`;

export const labelText = (labels) => orderedLabels(labels).map(matcherText).join(', ');

export const onlyWith = (label) => `Only groups with ${matcherText(label)}`;

const parts = (show, [name, value]) => [h('span.chip-name', show(name)), h('span.chip-value', orEmpty(value, show))];

const classOf = ([name]) => (name === 'job' ? 'chip job' : 'chip');

export const chips = (labels) => orderedLabels(labels).map((label) => h(
	'span', { class: classOf(label), title: matcherText(label) }, ...parts(shown, label)));

export const wholeChips = (labels) => orderedLabels(labels).map((label) => h(
	'span', { class: `${classOf(label)} whole` }, ...parts(shownInPart, label)));

// Links that narrow the list to groups with the label.
export const filterChips = (labels, hasJob = true) => orderedLabels(labels).filter(([name]) => hasJob || name !== 'job')
	.map((label) => linkTo(
		() => (view.tab === 'groups' ? { q: withMatcher(view.q, ...label), page: 1 } : listWith({ q: withMatcher('', ...label) })),
		{ class: classOf(label), title: onlyWith(label) }, ...parts(shown, label)));

export const groupView = (labels) => listWith({ group: pushPath(orderedLabels(labels)) });

// When a group should be pushed to, when it expires, and how its last push was merged.
export function showDeadlines(element, { expires, late, merge, pushed, failed, expected_interval: interval }) {
	// A group whose push was rejected is late at once.
	const due = pushed > 0 ? pushed + interval : failed;
	redraw(element, expires === null && late === null && !merge ? null : [due, late, expires, interval, merge], () => [
		late !== null && [late ? h('span.badge.bad.late', 'late by ', age(due, { 'data-late': '' })) : h('span.expected', 'expected ', age(due)),
			h('span.interval', `every ${duration(interval)}`)],
		expires !== null && h('span.expires', 'expires ', age(expires)),
		merge && h('span.merged', `merged: ${merge}`)]);
}
