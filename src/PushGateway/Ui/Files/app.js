// Starts the page: the tab that the address names, keys for those who use no mouse, settings.
import { showDialog, startTips } from './dialogs.js';
import { all, byId, h, hide, icon, on, one, root, setAttribute, setText } from './dom.js';
import { ask, askToSignIn, failureOf, gatewayUrl, refresh, setRefreshInterval, showConnected, showTrouble, startRefresh } from './gateway.js';
import { deleteOpenGroup, refreshGroup, startGroup } from './group.js';
import { refreshGroups, startGroups } from './groups.js';
import { refreshJobs, startJobs } from './jobs.js';
import { startPush } from './push.js';
import { addressOf, followLink, navigate, onNavigate, tabs, turn, view } from './router.js';
import { startCompletion } from './search.js';
import { languageTabs, pushPath } from './syntax.js';
import { refreshOverview, refreshRejections, refreshStatus, startStatus } from './views.js';

const keys = [
	['/', 'search'], ['j or ↓', 'next row'], ['k or ↑', 'previous row'], ['Enter', 'open the group'],
	['d', 'delete the group'], ['x', 'select the group'], ['← →', 'previous, next page'],
	['Esc', 'close the group, or clear the search'], ['g b o r s p', 'Groups, Jobs, Overview, Rejections, Status, Try a push'],
	['?', 'keyboard shortcuts'],
];

const tabKeys = { g: 'groups', b: 'jobs', o: 'overview', r: 'rejections', s: 'status', p: 'push' };

const stepOf = (key) => ({ ArrowUp: -1, k: -1, ArrowLeft: -1 }[key] ?? 1);

const isWriting = (target) => target.matches('input:not([type=radio], [type=checkbox]), textarea, select');

function onKey(event) {
	const { key, target } = event;
	if (event.ctrlKey || event.metaKey || event.altKey || one(document, 'dialog[open], :popover-open')) {
		return;
	}
	if (key === 'Escape') {
		escape(target);
	} else if (target === byId('search') && key === 'ArrowDown') {
		move(event);
	} else if (!isWriting(target)) {
		onCommand(event);
	}
}

function onCommand(event) {
	const { key, target } = event;
	if (key === '/') {
		event.preventDefault();
		navigate({ tab: 'groups' });
		byId('search').focus();
		byId('search').select();
	} else if (key === 'j' || key === 'k' || (['ArrowDown', 'ArrowUp'].includes(key) && target.closest('.list tbody'))) {
		move(event);
	} else if (['ArrowLeft', 'ArrowRight'].includes(key) && !target.matches('[type=radio]')) {
		turn({ groups: 'pager', jobs: 'jobs-pager' }[view.tab], stepOf(key));
	} else if (key === 'd' || key === 'x') {
		// The focus may go to a field, where the letter would be written.
		event.preventDefault();
		onGroup(key);
	} else if (key === '?') {
		showKeys();
	} else if (key in tabKeys) {
		navigate({ tab: tabKeys[key] });
	}
}

function onGroup(key) {
	const row = document.activeElement.closest('#rows tr');
	if (row) {
		one(row, key === 'd' ? '.act button' : '.pick input').click();
	} else if (key === 'd' && view.tab === 'groups' && view.group !== '') {
		deleteOpenGroup();
	}
}

function move(event) {
	const links = all(`#${view.tab} .row-link`);
	if (links.length === 0) {
		return;
	}
	event.preventDefault();
	const row = document.activeElement.closest('tr, li');
	const focused = links.findIndex((link) => link.closest('tr, li') === row);
	const at = focused >= 0 ? focused : links.findIndex((link) => link.hasAttribute('aria-current'));
	const to = at < 0 ? 0 : Math.max(0, Math.min(links.length - 1, at + stepOf(event.key)));
	links[to].focus();
	links[to].scrollIntoView({ block: 'nearest' });
}

function escape(target) {
	const search = byId('search');
	if (target !== search) {
		if (view.tab === 'groups' && view.group !== '') {
			navigate({ group: '' });
		}
	} else if (search.value === '') {
		search.blur();
	} else {
		search.value = '';
		search.dispatchEvent(new Event('change'));
	}
}

const showKeys = () => showDialog({
	title: 'Keyboard shortcuts',
	body: h('dl.keys', keys.flatMap(([key, what]) => [h('dt', h('kbd', key)), h('dd', what)])),
});

function startKeys() {
	on(document, 'keydown', onKey);
	on('keys', 'click', showKeys);
}

function startSettings() {
	const start = (name, otherwise, set) => {
		byId(name).value = localStorage.getItem(name) ?? otherwise;
		set(byId(name).value);
		on(name, 'change', ({ target: { value } }) => {
			localStorage.setItem(name, value);
			set(value);
		});
	};
	start('theme', 'auto', (theme) => setAttribute(root, 'data-theme', theme !== 'auto' && theme));
	start('refresh', '5', (seconds) => setRefreshInterval(Number(seconds) || 5));
	on('sign-in-open', 'click', () => {
		byId('settings-panel').hidePopover();
		askToSignIn();
	});
}

const refreshers = {
	groups: () => Promise.all([refreshGroups(), refreshGroup()]),
	jobs: refreshJobs,
	overview: refreshOverview,
	rejections: refreshRejections,
	status: refreshStatus,
	push: () => ask('status'),
};
let shownTab = '';
let hasFooter = false;

async function bringUpToDate() {
	const { tab } = view;
	try {
		await refreshers[tab]();
		byId(tab).classList.add('loaded');
		showConnected();
		await showFooter();
	} catch (error) {
		if (error.name !== 'AbortError') {
			showTrouble(failureOf(error));
		}
	}
}

async function showFooter() {
	if (!hasFooter) {
		const { build_information: build, flags } = await ask('status');
		hasFooter = true;
		setText('version', `${build.version} (${build.revision.slice(0, 10)})`);
		setAttribute('scrape-link', 'href', new URL(`.${flags['web.telemetry-path'] ?? '/metrics'}`, gatewayUrl).href);
	}
}

function showTab() {
	const { tab, group } = view;
	for (const link of all('#tabs a')) {
		link.href = addressOf({ tab: link.dataset.tab });
		setAttribute(link, 'aria-current', link.dataset.tab === tab && 'page');
	}
	one('tabs', '[aria-current]').scrollIntoView({ block: 'nearest' });
	if (tab === shownTab) {
		return;
	}
	for (const name of tabs) {
		byId(name).hidden = name !== tab;
	}
	if (group === '') {
		document.title = tab === 'groups' ? 'Pushgateway' : `${byId(tab).getAttribute('aria-label')} – Pushgateway`;
	}
	document.body.classList.toggle('has-detail', tab === 'groups' && group !== '');
	if (shownTab !== '') {
		scrollTo({ top: 0 });
		refresh();
	}
	shownTab = tab;
}

for (const link of all('#tabs a')) {
	on(link, 'click', (event) => followLink(event, { tab: link.dataset.tab }));
}
for (const element of all('[data-icon], [data-tab]')) {
	element.prepend(icon(element.dataset.icon ?? element.dataset.tab));
}
for (const field of all('main :is(input, textarea)')) {
	Object.assign(field, { autocomplete: 'off', autocapitalize: 'off', spellcheck: false });
}
byId('first-snippets').append(languageTabs(['curl', 'Python', 'Go', 'Java', 'Prometheus'],
	() => ['POST', pushPath([['job', 'some_job']]), 'some_metric 3.14\n']).element);
hide('app', false);
onNavigate(showTab);
showTab();
for (const start of [startGroups, startGroup, startJobs, startStatus, startPush, startKeys, startCompletion, startSettings, startTips]) {
	start();
}
startRefresh(bringUpToDate);
