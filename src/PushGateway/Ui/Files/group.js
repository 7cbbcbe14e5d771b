// One group, opened: what it is, what is wrong with it, its last pushes, its families.
import { sparkline } from './charts.js';
import { deleteOne } from './deletion.js';
import { announce } from './dialogs.js';
import { all, byId, debounce, h, hide, icon, on, one, redraw, setAttribute, setField, setText, updateKeyed } from './dom.js';
import { createFamily, isOutdated, samplesPerPage, showSamples, updateFamily } from './family.js';
import { bytes, count, duration, exactTime, focusableAge, labelText, onlyWith, orderedLabels, plain, setAge, showDeadlines, shown, shownInPart, wholeChips } from './format.js';
import { failureOf, readGroup, refresh } from './gateway.js';
import { linkTo, navigate, onNavigate, view } from './router.js';
import { copyButton, curlDelete, curlPush, selector, withMatcher } from './syntax.js';
import { explain } from './views.js';

// A group of up to so many series is shown with its families open, and asked for at once.
const smallGroup = 200;
// What the gateway adds to each group: facts of its head.
export const ownFamilies = ['push_time_seconds', 'push_failure_time_seconds'];

let openPath = '';
let asking = new AbortController();
let listScroll = 0;
let isJustOpened = false;

export async function refreshGroup() {
	const path = view.group;
	if (path === '') {
		return;
	}
	const { signal } = asking;
	try {
		// One sample a family says which have been pushed since; only of those that are open are the others asked for.
		const group = await readGroup(path, { limit: 1 }, signal);
		if (group.path !== path) {
			// The same group, written in another way.
			openPath = group.path;
			navigate({ group: openPath }, true);
		}
		showGroup(group);
		await loadSamples(group, signal);
	} catch (error) {
		showMissing(path, failureOf(error, 404, 400));
	}
}

function showGroup(group) {
	const detail = byId('detail');
	const families = group.families.filter(({ name }) => !ownFamilies.includes(name));
	hide('group-missing', true);
	hide('group', false);
	detail.classList.remove('asking');
	if (detail.dataset.path !== group.path) {
		detail.dataset.path = group.path;
		buildHead(group);
		byId('families').replaceChildren();
	}
	if (isJustOpened) {
		isJustOpened = false;
		byId('group-title').focus({ preventScroll: true });
	}
	updateHead(group);
	const load = () => loadSamples(group, asking.signal)
		.catch((error) => error.name === 'AbortError' || announce(error.message, true));
	updateKeyed('families', families, ({ name }) => name, (family) => createFamily(
		family, group.labels, load, group.series <= smallGroup && (family.series > 1 || family.metrics[0]?.value === undefined),
	), (element, family) => updateFamily(element, family, group.pushed));
	hide('find-box', families.length < 8 && group.series < 20 && view.find === '');
	showFound();
}

async function loadSamples(group, signal) {
	const outdated = [...byId('families').children].filter(isOutdated);
	const isAtOnce = group.series <= smallGroup && outdated.every(({ dataset }) => Number(dataset.shown) === samplesPerPage);
	const asked = outdated.map(({ dataset }) => ({ family: dataset.key, limit: Math.min(10_000, Number(dataset.shown)) }));
	const answers = await Promise.all((isAtOnce && asked.length > 0 ? [{ limit: samplesPerPage }] : asked).map(
		(parameters) => readGroup(group.path, parameters, signal)));
	const families = answers.flatMap((answer) => answer.families);
	for (const element of outdated) {
		const family = families.find(({ name }) => name === element.dataset.key);
		if (family && element.isConnected) {
			showSamples(element, family, group.labels);
		}
	}
	showFound();
}

// Shows only families that have the words in their name or help, and of others only the samples that have them.
function showFound() {
	setField('find', view.find);
	const words = view.find.toLowerCase().split(/\s+/).filter(Boolean);
	const textOf = (element) => [...element.children].map((part) => part.textContent).join(' ').toLowerCase();
	const has = (element) => words.every((word) => textOf(element).includes(word));
	const families = [...byId('families').children];
	for (const family of families) {
		const isNamed = has(one(family, 'summary'));
		const rows = all('.numbers tbody tr, .distribution', family);
		rows.forEach((row) => {
			row.hidden = !isNamed && !has(row);
		});
		family.hidden = !isNamed && rows.every((row) => row.hidden);
	}
	setText('find-count', words.length === 0 ? '' : `${count(families.filter((family) => !family.hidden).length)} of ${count(families.length)} metrics`);
}

function showMissing(path, error) {
	hide('group', true);
	byId('detail').classList.remove('asking');
	hide('group-missing', false);
	byId('detail').dataset.path = '';
	setText('group-missing-text', error.status === 404
		? 'There is no such group: it has been deleted, or nothing has been pushed to it yet.' : error.message);
	setText('group-missing-path', plain(path));
}

// Opens and closes, with the list where it was, and the focus where a reader goes on.
function showView() {
	if (view.tab !== 'groups' || view.group === openPath) {
		return;
	}
	const closed = openPath;
	openPath = view.group;
	asking.abort();
	asking = new AbortController();
	const isOpen = openPath !== '';
	if (closed === '') {
		listScroll = scrollY;
	}
	document.body.classList.toggle('has-detail', isOpen);
	const detail = byId('detail');
	detail.hidden = !isOpen;
	if (isOpen) {
		const isShown = detail.dataset.path === openPath;
		detail.classList.toggle('asking', !isShown);
		hide('group', !isShown);
		hide('group-missing', true);
		detail.scrollTop = 0;
		isJustOpened = true;
		refresh();
	} else {
		detail.dataset.path = '';
		document.title = 'Pushgateway';
		scrollTo({ top: listScroll });
		(one(document.body, `[data-key="${CSS.escape(closed)}"] .row-link`) ?? byId('search')).focus({ preventScroll: true });
	}
}

export const deleteOpenGroup = () => deleteOne({ path: view.group });

export function startGroup() {
	on('close', 'click', () => navigate({ group: '', find: '' }));
	on('find', 'input', debounce(120, () => navigate({ find: byId('find').value }, true)));
	onNavigate(() => view.tab === 'groups' && showFound());
	onNavigate(showView);
	showView();
}

function buildHead(group) {
	const { labels, path } = group;
	const title = byId('group-title');
	title.replaceChildren(...wholeChips(labels));
	orderedLabels(labels).forEach((label, i) => title.children[i].append(linkTo(
		() => ({ q: withMatcher(view.q, ...label), page: 1 }),
		{ class: 'chip-filter', title: onlyWith(label), 'aria-label': onlyWith(label) }, icon('filter'))));
	byId('group-actions').replaceChildren(
		copyButton('Copy selector', () => selector(labels), 'PromQL selector of this group'),
		copyButton('Copy push', () => curlPush(path), 'curl that pushes to this group'),
		copyButton('Copy delete', () => curlDelete(path), 'curl that deletes this group'),
		linkTo({ tab: 'push', group: path }, { class: 'button' }, icon('push'), 'Try a push'),
		h('button.danger.quiet', { title: 'Delete this group (d)', onclick: () => deleteOne(group) }, icon('trash'), 'Delete'));
	document.title = `${labelText(labels).slice(0, 80)} – Pushgateway`;
}

function updateHead(group) {
	setAge(byId('group-pushed'), group.pushed);
	setAge(byId('group-failed'), Math.max(group.failed, group.error?.time ?? 0));
	setAttribute(byId('group-failed').parentElement, 'class', !group.ok && 'bad');
	setText('group-families', count(group.family_count));
	setText('group-series', count(group.series));
	setText('group-size', bytes(group.bytes));
	hide('group-empty', group.samples > 0);
	showDeadlines('group-deadlines', group);
	redraw('group-rejection', group.ok ? null : [group.failed, group.error], ([failed, error]) => [
		h('p', h('strong', 'The last push was rejected'), ' ', focusableAge(error?.time ?? failed), '. What is shown is from the push before.'),
		error ? explain(error, error.message)
			: h('p.muted', 'The reason is not known any more: the gateway has been restarted since.')]);
	redraw('group-quarantine', group.quarantined, (fault) => [
		h('p', h('strong', 'Left out of scrapes'), ', since it does not fit with the other groups. Delete it, or push it again.'),
		h('pre.message', { tabindex: 0 }, shownInPart(fault))]);
	showHistory(group.history ?? []);
}

function showHistory(history) {
	hide('group-history', history.length === 0);
	redraw('history-summary', history, () => {
		const rejected = history.filter(({ reason }) => reason !== null).length;
		const label = history.length === 1 ? `The last push was ${rejected === 0 ? 'accepted' : 'rejected'}`
			: `Last ${history.length} pushes, ${rejected === 0 ? 'all accepted' : `${rejected} rejected`}`;
		return [label, sparkline(history.toReversed().map(({ time, samples, reason }) => ({
			value: samples, isGood: reason === null,
			title: `${exactTime(time)}: ${reason === null ? `${count(samples)} samples` : plain(reason)}`,
		})), label)];
	});
	redraw('history-rows', history, () => history.map(({ time, method, status, reason, samples, bytes: size, duration_seconds: seconds, client }) => h('tr',
		h('td', focusableAge(time)),
		h('td', h(reason === null ? 'span.badge.good' : 'span.badge.bad', `${method} ${status}`)),
		h('td.number', reason === null ? count(samples) : ''),
		h('td.number', bytes(size)),
		h('td.number', duration(seconds)),
		h('td', h('code', shown(client ?? '')), reason !== null && h('p.message', shownInPart(reason))))));
}
