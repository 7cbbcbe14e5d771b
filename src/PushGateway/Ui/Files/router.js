// What is shown, which is in the address, so that a link can be shared and Back works; links within the page, page numbers.
import { byId, h, on, one, redraw } from './dom.js';
import { count } from './format.js';
import { gatewayUrl } from './gateway.js';

// Each tab has parameters of its own, which stay while another tab is shown.
const defaults = {
	tab: 'groups', q: '', state: '', within: '', before: '', sort: 'job', page: 1, size: 50, group: '', find: '', changed: '', open: '',
};
const parametersOf = {
	groups: ['q', 'state', 'within', 'before', 'sort', 'page', 'size', 'group', 'find'],
	jobs: ['q', 'page', 'size', 'open'],
	overview: [],
	rejections: [],
	status: ['find', 'changed'],
	push: ['group'],
};
export const tabs = Object.keys(parametersOf);
const pageSizes = [25, 50, 100, 200];

const listeners = [];
const lastOf = {};

export let view = read();

function read() {
	const parameters = new URLSearchParams(location.search);
	const given = Object.fromEntries([...parameters].filter(([name]) => Object.hasOwn(defaults, name)));
	const tab = location.pathname.endsWith('/status') ? 'status' : given.tab;
	if (given.state === 'stale') {
		// In links of older versions.
		Object.assign(given, { state: '', before: '1h' });
	}
	return {
		...defaults,
		...given,
		tab: tabs.includes(tab) ? tab : defaults.tab,
		page: Math.max(1, Number.parseInt(given.page ?? '1', 10) || 1),
		size: pageSizes.find((size) => String(size) === given.size) ?? defaults.size,
	};
}

// The current view, or the last one of another tab, with the changes.
const changed = (changes) => ({
	...(changes.tab === undefined || changes.tab === view.tab ? view : lastOf[changes.tab] ?? defaults), ...changes,
});

export function addressOf(changes) {
	const next = changed(changes);
	const pairs = parametersOf[next.tab].filter((name) => next[name] !== defaults[name]).map((name) => [name, next[name]]);
	const parameters = new URLSearchParams(['groups', 'status'].includes(next.tab) ? pairs : [['tab', next.tab], ...pairs]);
	return new URL(`${next.tab === 'status' ? 'status' : './'}${parameters.size > 0 ? '?' : ''}${parameters}`, gatewayUrl).href;
}

function change(next) {
	lastOf[view.tab] = view;
	view = next;
	listeners.forEach((listener) => listener(view));
}

// Goes to another view. `isReplaced` leaves no trace in the history: for each letter of a search.
export function navigate(changes, isReplaced = false) {
	const address = addressOf(changes);
	if (address !== location.href) {
		history[isReplaced ? 'replaceState' : 'pushState'](null, '', address);
	}
	change(changed(changes));
}

export const onNavigate = (listener) => listeners.push(listener);

on(window, 'popstate', () => change(read()));

// Follows a link within the page without reloading it; other buttons and keys do what the browser does.
export function followLink(event, changes) {
	if (event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) {
		event.preventDefault();
		navigate(changes);
	}
}

// target: a view, or what gives one when the link is followed
export function linkTo(target, attributes, ...children) {
	const viewOf = () => (typeof target === 'function' ? target() : target);
	return h('a', { href: addressOf(viewOf()), onclick: (event) => followLink(event, viewOf()), ...attributes }, ...children);
}

export const listWith = (changes) => ({ ...defaults, tab: 'groups', ...changes });

// The first and last pages, those around this one, and gaps (0) between.
function shownPages(page, last) {
	const pages = [...new Set([1, page - 2, page - 1, page, page + 1, page + 2, last])].filter((one) => one >= 1 && one <= last);
	return pages.flatMap((one, i) => (i > 0 && one > pages[i - 1] + 1 ? [0, one] : [one]));
}

function link(text, page, attributes) {
	const element = linkTo({ page }, attributes, text);
	on(element, 'click', () => scrollTo({ top: 0 }));
	return element;
}

// Shows a page of `all` rows in an element. Of pages behind the last one, goes to the last.
export function showPager(id, all) {
	const { page, size } = view;
	const last = Math.max(1, Math.ceil(all / size));
	if (page > last) {
		navigate({ page: last }, true);
		return;
	}
	const element = byId(id);
	const focused = element.contains(document.activeElement) ? document.activeElement.dataset.at : undefined;
	const first = (page - 1) * size;
	const step = (name, text, to) => to >= 1 && to <= last && link(text, to, { rel: name, 'data-at': name });
	redraw(element, all <= pageSizes[0] ? null : [all, page, size, location.search], () => [
		h('span.pager-text', `${count(first + 1)}–${count(Math.min(all, first + size))} of ${count(all)}`),
		step('previous', '← Previous', page - 1),
		last > 1 && shownPages(page, last).map((one) => (one === 0 ? h('span', '…') : link(
			count(one), one, { 'aria-current': one === page && 'page', 'aria-label': `Page ${one}`, 'data-at': one }))),
		step('next', 'Next →', page + 1),
		h('label', h('select', { onchange: ({ target }) => navigate({ size: Number(target.value), page: 1 }) },
			pageSizes.map((one) => h('option', { value: one, selected: one === size }, one))), ' a page')]);
	if (focused && !element.contains(document.activeElement)) {
		(one(element, `[data-at="${focused}"]`) ?? one(element, '[aria-current], select')).focus();
	}
}

export const turn = (id, step) => byId(id).hidden || one(id, `[rel=${step < 0 ? 'previous' : 'next'}]`)?.click();
