// Talks to the gateway: requests, one again every few seconds, whether it answers, who asks. All addresses are relative to the
// page's, so that any prefix, also a proxy's own, works.
import { showDialog } from './dialogs.js';
import { byId, h, on, redraw, setAttribute, setText } from './dom.js';
import { focusableAge, showAges } from './format.js';
import { base64 } from './syntax.js';

// The address of the gateway as this browser sees it, with a slash at the end.
export const gatewayUrl = new URL('./', document.baseURI);

// A request that was not answered as asked: `status` is 0 where there was no answer at all.
class RequestFailed extends Error {
	constructor(status, message) {
		super(message);
		this.status = status;
	}

	// Whether the caller lacks a permission, which the message names.
	get isRefusal() {
		return this.status === 401 || this.status === 403;
	}
}

// The failure of a request, if it is one of these; throws any other error, which is a bug.
export function failureOf(error, ...statuses) {
	if (!(error instanceof RequestFailed) || (statuses.length > 0 && !statuses.includes(error.status))) {
		throw error;
	}
	return error;
}

// How far the gateway's clock is ahead of this one: the gateway's dated the pushes.
let clockOffset = 0;

export const serverNow = () => Date.now() / 1000 + clockOffset;

function readClock(date) {
	const offset = (Date.parse(date) - Date.now()) / 1000;
	// The header has whole seconds.
	clockOffset = Math.abs(offset) > 2 ? offset : 0;
}

const headerKey = 'authorization';

// The header that says who this tab is, until it is closed; null where nothing was given.
const authorization = () => sessionStorage.getItem(headerKey);

const setAuthorization = (value) => (value === null
	? sessionStorage.removeItem(headerKey) : sessionStorage.setItem(headerKey, value));

// options: `keepalive`: the request outlives the page
async function send(method, path, options) {
	const headers = authorization() ? { Authorization: authorization() } : {};
	const response = await fetch(new URL(path, gatewayUrl), { method, headers, cache: 'no-store', ...options }).catch((error) => {
		throw error.name === 'AbortError' ? error : new RequestFailed(0, 'The gateway does not answer.');
	});
	const text = await response.text();
	if (!response.ok) {
		throw new RequestFailed(response.status, messageOf(response, text));
	}
	readClock(response.headers.get('Date') ?? '');
	return { status: response.status, text };
}

const messageOf = (response, text) => (response.headers.get('Content-Type')?.startsWith('application/json')
	? JSON.parse(text).error : text.trim() || `${response.status} ${response.statusText}`);

export async function ask(path, parameters = {}, signal = undefined, options = { method: 'GET' }) {
	const pairs = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== '');
	const query = pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
	return JSON.parse((await send(options.method, `api/v1/${path}${query}`, { signal, ...options })).text).data;
}

// path as in the push URL: metrics/job/…
export const readGroup = (path, parameters, signal) => ask(path.replace(/^metrics/, 'groups'), parameters, signal);
export const deleteGroup = (path, options) => send('DELETE', path, options);
export const deleteGroups = (selection, isDryRun, options) => ask(
	'groups', { ...selection, dry_run: isDryRun || null }, undefined, { ...options, method: 'DELETE' });
export const wipe = () => send('PUT', 'api/v1/admin/wipe');
// isDryRun: asks what the push would answer, and changes nothing
export const push = (method, path, body, isDryRun = false, signal = undefined) => send(
	method, `${path}${isDryRun ? '?dry_run=true' : ''}`, { body, signal });

let everySeconds = 5;
let action = async () => {};
let isPaused = false;
let isAsking = false;
let askAgain = false;
let timer = 0;
let lastAnswer = 0;

// What `refreshAll` throws is a bug, and ends up in the console.
export function startRefresh(refreshAll) {
	action = refreshAll;
	on('live', 'click', () => {
		isPaused = !isPaused;
		showLive();
		wake();
	});
	on(document, 'visibilitychange', wake);
	setInterval(() => document.hidden || showAges(), 1000);
	refresh();
}

function showLive() {
	setAttribute('live', 'aria-pressed', String(!isPaused));
	setText('live-text', isPaused ? 'Paused' : 'Live');
	byId('live').title = isPaused ? `Refresh every ${everySeconds} s` : 'Stop refreshing';
}

export function setRefreshInterval(seconds) {
	everySeconds = seconds;
	showLive();
	schedule();
}

function schedule() {
	clearTimeout(timer);
	timer = setTimeout(wake, everySeconds * 1000);
}

// Asks now; while an answer is on its way, once more after it.
export async function refresh() {
	clearTimeout(timer);
	askAgain = true;
	if (isAsking) {
		return;
	}
	isAsking = true;
	try {
		while (askAgain) {
			askAgain = false;
			await action();
		}
	} finally {
		isAsking = false;
		schedule();
	}
}

const wake = () => isPaused || document.hidden || refresh();

export function showConnected() {
	lastAnswer = serverNow();
	redraw('trouble', null);
	document.body.classList.remove('offline', 'locked');
	showLive();
	showAges();
}

// Shows that the page could not be brought up to date, and why, until it can.
export function showTrouble({ status, message, isRefusal: isLocked }) {
	document.body.classList.toggle('offline', !isLocked);
	document.body.classList.toggle('locked', isLocked);
	setText('live-text', isLocked ? 'Locked' : 'Offline');
	redraw('trouble', status === 0 || isLocked ? message : `The gateway answers ${status}: ${message}`, (text) => [
		h('span', text, ' ', lastAnswer > 0 && ['Last answer ', focusableAge(lastAnswer), '; what is shown may be out of date. '],
			!isLocked && 'Trying again…'),
		isLocked && h('button', { onclick: askToSignIn }, 'Sign in…')]);
}

const field = (name, label, type, autocomplete) => h('label.field', h('span', label),
	h('input', { name, type, autocomplete, spellcheck: 'false' }));

// Asks for a user and a password, or for a token. What was given before goes if it is left empty.
export function askToSignIn() {
	const form = h('form', { id: 'sign-in' },
		field('user', 'User', 'text', 'username'), field('password', 'Password', 'password', 'current-password'),
		h('p.or', 'or'), field('token', 'Bearer token', 'password', 'off'),
		h('p.muted', 'Only this tab has it, until you close it.'));
	const before = authorization();
	showDialog({
		title: 'Sign in',
		body: form,
		confirm: 'Sign in',
		form: 'sign-in',
		isDangerous: false,
		action: async () => {
			const { user, password, token } = Object.fromEntries(new FormData(form));
			setAuthorization(token ? `Bearer ${token.trim()}` : user || password ? `Basic ${base64(`${user}:${password}`)}` : null);
			try {
				await ask('status');
			} catch (error) {
				setAuthorization(before);
				throw error;
			}
			refresh();
		},
	});
}
