// The list of groups: a page of what the search selects.
import { askToDeletePicked, askToDeleteSelection, askToWipe, deleteOne, isLeaving, picked } from './deletion.js';
import { all, byId, h, hide, icon, on, one, redraw, setAttribute, setText, updateKeyed } from './dom.js';
import { age, bytes, count, filterChips, labelText, orEmpty, plain, plural, setAge, showDeadlines, shown } from './format.js';
import { ask, failureOf, refresh } from './gateway.js';
import { addressOf, linkTo, navigate, onNavigate, showPager, view } from './router.js';
import { isEverything, isSettled, selection, showCounts, showFilters, showSearchError, startFilters } from './search.js';
import { summaryOf } from './views.js';

let asking = new AbortController();
let asked = '';
let listed = [];
let matching = 0;
// Whether the gateway permits deleting several groups; null until its answer says so.
let canDelete = null;

const isAdminApiOn = async () => (await ask('status')).flags['web.enable-admin-api'] === 'true';

export async function refreshGroups() {
	const { sort, size, page } = view;
	try {
		const [answer, isOn] = await Promise.all([
			ask('groups', { ...selection(), sort, limit: size, offset: (page - 1) * size, counts: 'true' }, asking.signal),
			canDelete ?? isAdminApiOn(),
		]);
		canDelete = isOn;
		showSearchError(null);
		showGroups(answer);
	} catch (error) {
		showSearchError(failureOf(error, 400).message);
		byId('delete-selected').disabled = true;
		if (listed.length === 0) {
			hide('group-table', true);
			setText('totals', '');
		}
	} finally {
		byId('groups').classList.toggle('asking', !isSettled());
	}
}

function showGroups(answer) {
	const { total, matched, missing = [], groups } = answer;
	listed = groups.filter((group) => !isLeaving(group));
	matching = matched.groups;
	const isEmpty = total.groups === 0 && missing.length === 0;
	hide('first-push', !isEmpty);
	hide('list', isEmpty);
	hide('no-match', isEmpty || matching > 0);
	hide('group-table', matching === 0);
	showCounts(answer);
	// The groups that must exist and do not are above those that do.
	hide('missing', missing.length === 0 || !(isEverything() || view.state === 'late'));
	updateKeyed('missing-groups', missing, JSON.stringify, (labels) => h('li', filterChips(labels)));
	setText('totals', isEverything()
		? `${plural(total.groups, 'group')}, ${count(total.series)} series`
		: `${count(matching)} of ${plural(total.groups, 'group')}, ${count(matched.series)} series, ${bytes(matched.bytes)}`);
	byId('delete-selected').disabled = matching === 0;
	updateKeyed('rows', listed, ({ path }) => path, createRow, updateRow);
	showPager('pager', matching);
	showPicks();
	// Only an answer to a search is read aloud, not each refresh.
	setTimeout(() => setAttribute('totals', 'aria-live', 'off'), 1000);
}

function createRow(group) {
	const name = labelText(group.labels).slice(0, 200);
	const { path } = group;
	const cell = (kind, ...parts) => h('td', { role: 'cell', class: kind }, ...parts);
	return h('tr', { role: 'row' },
		cell('pick', h('label', h('input', {
			type: 'checkbox', 'aria-label': `Select ${name}`, onchange: ({ target }) => pick([path], target.checked) }))),
		h('th', { role: 'rowheader' },
			h('div.row-labels', linkTo({ group: path }, { class: 'row-link', 'aria-label': name }, h('span.job-name', orEmpty(group.labels.job ?? ''))),
				filterChips(group.labels, false), h('span.badge.warn.no-metrics', 'no metrics')),
			h('p.deadlines'), faultLines()),
		cell('when', age(group.pushed)),
		cell('number', h('span.series'), h('span.unit', ' series')),
		cell('number size'),
		cell('act', h('button.quiet.danger.icon-only', {
			title: 'Delete this group (d)', 'aria-label': `Delete ${name}`, onclick: () => deleteOne(group) }, icon('trash'))));
}

function updateRow(row, group) {
	showOpen(row);
	setAttribute(one(row, '.row-link'), 'href', addressOf({ group: group.path }));
	setAge(one(row, '.when > time'), group.pushed);
	setText(one(row, '.series'), count(group.series));
	setText(one(row, '.size'), bytes(group.bytes));
	hide(one(row, '.no-metrics'), group.samples > 0);
	showDeadlines(one(row, '.deadlines'), group);
	showFaults(row, group);
}

const faultLine = ([badge, at, reason]) => [h('span.badge.bad', badge), ' ', at && age(at), ' ',
	reason && h('span.message', { 'data-tip': plain(reason, 1000) }, shown(reason))];

// What is wrong with a group, in the two lines that `faultLines` makes.
export function showFaults(row, { ok, error, failed, quarantined }) {
	redraw(one(row, '.rejected'), ok ? null : ['rejected', error?.time ?? failed, error && summaryOf(error, error.message)], faultLine);
	redraw(one(row, '.quarantine'), quarantined && ['not scraped', null, quarantined], faultLine);
}

export const faultLines = () => [h('p.failure.rejected'), h('p.failure.quarantine')];

function showOpen(row) {
	const isOpen = view.group === row.dataset.key;
	row.classList.toggle('open', isOpen);
	setAttribute(one(row, '.row-link'), 'aria-current', isOpen && 'true');
}

function pick(paths, isOn) {
	paths.forEach((path) => picked[isOn ? 'add' : 'delete'](path));
	showPicks();
}

// What is picked, and what can be done with it or, if nothing is, with all that match.
function showPicks() {
	for (const row of byId('rows').children) {
		one(row, '.pick input').checked = picked.has(row.dataset.key);
	}
	const box = byId('pick-all');
	const on = listed.filter(({ path }) => picked.has(path)).length;
	box.checked = on > 0 && on === listed.length;
	box.indeterminate = on > 0 && on < listed.length;
	setText('delete-selected', isEverything() ? 'Wipe all…' : `Delete ${plural(matching, 'group')}…`);
	setText('delete-picked', `Delete ${count(picked.size)} selected…`);
	hide('delete-selected', !canDelete || picked.size > 0);
	hide('delete-picked', picked.size === 0);
	hide('clear-picked', picked.size === 0);
}

function showView() {
	const { tab, q, state, within, before, sort, page, size } = view;
	if (tab !== 'groups') {
		return;
	}
	showFilters();
	for (const button of all('#group-table [data-sort]')) {
		setAttribute(button.closest('th'), 'aria-sort', button.dataset.sort.split(' ').includes(sort)
			&& (sort.startsWith('-') ? 'descending' : 'ascending'));
	}
	[...byId('rows').children].forEach(showOpen);
	showPicks();
	const wanted = JSON.stringify([q, state, within, before, sort, page, size]);
	if (wanted !== asked) {
		asked = wanted;
		asking.abort();
		asking = new AbortController();
		byId('groups').classList.add('asking');
		setAttribute('totals', 'aria-live', 'polite');
		refresh();
	}
}

export function startGroups() {
	startFilters();
	for (const button of all('#group-table [data-sort]')) {
		const [first, second] = button.dataset.sort.split(' ');
		on(button, 'click', () => navigate({ sort: view.sort === first ? second : first, page: 1 }));
	}
	on('pick-all', 'change', ({ target }) => pick(listed.map(({ path }) => path), target.checked));
	on('clear-picked', 'click', () => {
		pick([...picked], false);
		byId('pick-all').focus();
	});
	on('delete-picked', 'click', () => askToDeletePicked(listed));
	on('delete-selected', 'click', () => (isEverything() ? askToWipe() : askToDeleteSelection()));
	onNavigate(showView);
	showView();
}
