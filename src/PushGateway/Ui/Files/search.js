// The search and the filters above the list of groups: what they select, and completion of what is typed.
import { all, byId, debounce, h, hide, on, one, redraw, setAttribute, setField, setText } from './dom.js';
import { count, plain, shown } from './format.js';
import { ask, failureOf } from './gateway.js';
import { navigate, view } from './router.js';
import { parse, promQuote } from './syntax.js';

const typingMilliseconds = 300;
const errorMilliseconds = 1500;
const countNames = { '': 'groups', failed: 'failing', late: 'late', expiring: 'expiring', empty: 'empty', quarantined: 'quarantined' };
let errorTimer = 0;
let isTyping = false;

const radios = () => all('input[name=state]');

// What the search and the filters select, as the API has it.
export function selection() {
	const { q, state, within, before } = view;
	const { search, match } = parse(q);
	const pushed = state === '' && before !== '' ? { state: 'stale', stale_after: before } : { state, pushed_before: before };
	return { 'match[]': match, search, pushed_within: within, ...pushed };
}

export const isEverything = () => Object.values(selection()).every((value) => value === '');

export const describeSelection = () => [view.q, view.state && `state ${view.state}`,
	view.within && `pushed within ${view.within}`, view.before && `not pushed for ${view.before}`].filter(Boolean).join(', ');

export const isSettled = () => byId('search').value.trim() === view.q.trim();

// How many groups each filter has, where the gateway's answer has it; filters for what does not occur are hidden.
export function showCounts({ counts = {}, total, missing = [] }) {
	for (const radio of radios()) {
		const number = { ...total, ...counts }[countNames[radio.value]];
		const isOptional = ['late', 'expiring', 'quarantined'].includes(radio.value);
		const hasMissing = radio.value === 'late' && missing.length > 0;
		radio.parentElement.hidden = isOptional && !number && !hasMissing && view.state !== radio.value;
		setText(one(radio.nextElementSibling, '.count'), number === undefined ? '' : count(number));
	}
}

// What is wrong with a selector, below it, with a caret where it is wrong. Null takes it away.
export function showSearchError(message) {
	clearTimeout(errorTimer);
	const show = () => {
		setAttribute('search', 'aria-invalid', message === null ? null : 'true');
		redraw('search-error', message, describeError);
	};
	if (message !== null && isTyping) {
		errorTimer = setTimeout(show, errorMilliseconds);
	} else {
		show();
	}
}

function describeError(message) {
	const [, position, fault] = /^1:(\d+): (?:parse error: )?(.*)$/s.exec(message) ?? [];
	const sent = selection()['match[]'];
	return position && sent.length < 200
		? [h('pre', { 'aria-hidden': 'true' }, `${plain(sent)}\n${' '.repeat(position - 1)}^`), h('p', `At character ${position}: ${plain(fault)}`)]
		: h('p', plain(message, 1000));
}

export function showFilters() {
	setField('search', view.q);
	for (const radio of radios()) {
		radio.checked = radio.value === view.state;
	}
	const select = byId('pushed');
	const pushed = view.before ? `-${view.before}` : view.within;
	if (![...select.options].some((option) => option.value === pushed)) {
		select.append(h('option', { value: pushed }, pushed.replace('-', 'not for ')));
	}
	select.value = pushed;
	select.classList.toggle('set', pushed !== '');
	hide('clear-search', isEverything());
}

// Searches while it is typed into a field, as soon as that means something.
export const searchAsTyped = (id, milliseconds, changes) => on(id, 'input', debounce(milliseconds, () => {
	const { value } = byId(id);
	if (!parse(value).isOpen && byId(id).checkVisibility()) {
		navigate(changes(value), true);
	}
}));

export function startFilters() {
	const search = byId('search');
	searchAsTyped('search', typingMilliseconds, (q) => ({ q, page: 1 }));
	on(search, 'input', () => {
		isTyping = true;
		showSearchError(null);
		byId('groups').classList.add('asking');
		setText('search-kind', parse(search.value).isOpen ? 'go on…' : '');
	});
	const finish = (event) => {
		event.preventDefault();
		isTyping = false;
		if (isSettled()) {
			byId('groups').classList.remove('asking');
		} else {
			navigate({ q: search.value, page: 1 }, true);
		}
	};
	on(search, 'change', finish);
	on('search-form', 'submit', finish);
	for (const radio of radios()) {
		on(radio, 'change', () => navigate({ state: radio.value, page: 1 }));
	}
	on('pushed', 'change', ({ target: { value } }) => navigate(
		value.startsWith('-') ? { before: value.slice(1), within: '', page: 1 } : { within: value, before: '', page: 1 }));
	for (const button of ['clear', 'clear-search']) {
		on(button, 'click', () => {
			search.value = '';
			navigate({ q: '', state: '', within: '', before: '', page: 1 });
			search.focus();
		});
	}
}

const limit = 8;
const states = { failing: 'failed', late: 'late', expiring: 'expiring', empty: 'empty' };
let asking = new AbortController();
let options = [];
let active = -1;
let isOff = false;

// What stands before the caret: the label whose value is typed, if so, and the beginning of the word.
function contextOf(text) {
	const value = /([\p{L}_][\p{L}\p{N}_.-]*)\s*(=~|!~|!=|=)\s*("?)([^"\s,{}]*)$/u.exec(text);
	if (value) {
		return { label: value[1], prefix: value[4], start: text.length - value[4].length - value[3].length };
	}
	const [word] = /[^\s,{}"=]*$/u.exec(text);
	return { label: null, prefix: word, start: text.length - word.length };
}

async function suggest() {
	const search = byId('search');
	const { label, prefix, start } = contextOf(search.value.slice(0, search.selectionStart));
	hideCompletions();
	if (isOff || document.activeElement !== search || (label === null && prefix === '')) {
		return;
	}
	asking = new AbortController();
	try {
		const kinds = label === null ? ['label', 'metric'] : ['value'];
		const answers = await Promise.all(kinds.map((kind) => ask('completions', { kind, label, prefix, limit }, asking.signal)));
		const found = answers.flatMap((answer, i) => answer.map((one) => ({ ...one, kind: kinds[i], start })));
		const ofState = label !== null ? [] : Object.keys(states).filter((name) => name.startsWith(prefix.toLowerCase()))
			.map((value) => ({ kind: 'state', value, start }));
		show([...ofState, ...found].filter(({ kind, value }) => kind === 'value' || value !== prefix).slice(0, 2 * limit));
	} catch (error) {
		if (error.name !== 'AbortError') {
			// A gateway without completion, or one that does not answer.
			isOff = failureOf(error).status === 404;
		}
	}
}

function show(found) {
	options = found;
	active = -1;
	const list = byId('completions');
	list.replaceChildren(...found.map((option, i) => h('li', {
		id: `completion-${i}`, role: 'option', 'aria-selected': 'false',
		onpointerdown: (event) => {
			event.preventDefault();
			accept(option);
		},
	}, shown(option.value), h('span.muted', option.kind === 'value' ? '' : `${option.kind} `,
		option.groups === undefined ? '' : count(option.groups)))));
	list.hidden = found.length === 0;
	setAttribute('search', 'aria-expanded', String(found.length > 0));
	setAttribute('search', 'aria-activedescendant', null);
}

function hideCompletions() {
	asking.abort();
	show([]);
}

function move(step) {
	const list = byId('completions').children;
	list[active]?.setAttribute('aria-selected', 'false');
	active = (active + step + list.length + (active < 0 && step < 0 ? 1 : 0)) % list.length;
	list[active].setAttribute('aria-selected', 'true');
	list[active].scrollIntoView({ block: 'nearest' });
	setAttribute('search', 'aria-activedescendant', list[active].id);
}

function accept({ kind, value, start }) {
	const search = byId('search');
	const end = search.selectionStart;
	hideCompletions();
	if (kind === 'state') {
		search.value = search.value.slice(0, start).trim();
		navigate({ q: search.value, state: states[value], page: 1 });
		return;
	}
	search.setRangeText(kind === 'label' ? `${value}=` : kind === 'value' ? promQuote(value) : value, start, end, 'end');
	search.dispatchEvent(new Event('input'));
}

// Keys of the list, before they mean anything else.
function onKey(event) {
	const { key } = event;
	if (options.length === 0) {
		return;
	}
	if (key === 'ArrowDown' || key === 'ArrowUp') {
		move(key === 'ArrowDown' ? 1 : -1);
	} else if ((key === 'Enter' || key === 'Tab') && active >= 0) {
		accept(options[active]);
	} else if (key === 'Escape' || key === 'Enter') {
		hideCompletions();
		if (key === 'Enter') {
			return;
		}
	} else {
		return;
	}
	event.preventDefault();
	event.stopPropagation();
}

export function startCompletion() {
	on('search', 'input', debounce(120, suggest));
	on('search', 'keydown', onKey);
	on('search', 'blur', hideCompletions);
}
