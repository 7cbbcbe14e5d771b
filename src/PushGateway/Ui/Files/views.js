// What is known about the gateway itself: overview and cluster, rejections, status.
import { barTable, pushRates } from './charts.js';
import { byId, debounce, h, hide, on, one, redraw, setField, setText, updateKeyed } from './dom.js';
import { age, bytes, chips, count, duration, focusableAge, groupView, labelText, orEmpty, plain, plural, setAge, shown, shownInPart, shownLines } from './format.js';
import { ask, serverNow } from './gateway.js';
import { ownFamilies } from './group.js';
import { linkTo, listWith, navigate, onNavigate, view } from './router.js';
import { selector } from './syntax.js';

const ageNames = {
	60: ['1m', '1 min'], 300: ['5m', '5 min'], 900: ['15m', '15 min'], 3600: ['1h', '1 h'], 21600: ['6h', '6 h'], 86400: ['24h', '1 d'], 604800: ['168h', '7 d'],
};

export async function refreshOverview() {
	const stats = await ask('stats');
	const { groups, series, families, memory, cluster } = stats;
	setText('tile-groups', count(groups));
	setText('tile-series', count(series));
	setText('tile-families', count(families));
	setText('tile-bytes', bytes(stats.bytes));
	setText('tile-memory', bytes(memory.resident_bytes));
	setText('tile-heap', `of that heap ${bytes(memory.heap_bytes)}`);
	setText('tile-uptime', duration(serverNow() - stats.start));
	show('chart-pushes', stats.pushes, pushRates);
	show('chart-ages', [stats.ages, groups], ageTable);
	show('top-metrics', [stats.top_metrics.filter(({ name }) => !ownFamilies.includes(name)), series], topTable(
		'Metric', 'Series', (one) => [one.name, one.series, one.groups, nameSelector(one.name)]));
	show('top-jobs', [stats.top_jobs, series], topTable(
		'Job', 'Series', (one) => [one.value, one.series, one.groups, selector({ job: one.value })]));
	show('top-labels', [stats.top_labels, null], topTable(
		'Label', 'Values', (one) => [one.name, one.values, one.groups, selector({ [one.name]: '' }).replace('="', '!="')]));
	show('persistence', cluster ?? stats.persistence, cluster ? databaseFacts : persistenceFacts);
	hide('cluster', cluster === undefined);
	if (cluster) {
		showCluster(await ask('cluster'));
	}
}

const nameSelector = (name) => selector({}, name).replace(/^([^{"]+)\{\}$/, '{__name__="$1"}');

// Not while somebody points at it.
const show = (id, data, draw) => byId(id).matches(':hover, :focus-within') || redraw(id, data, draw);

// How many groups were pushed to when; each row leads to all that were by then, or were not.
function ageTable([ages, all]) {
	let before = ['', ''];
	return barTable(ages.map(({ le, groups }) => {
		const isLast = le === '+Inf';
		const [within, name] = isLast ? before : ageNames[le] ?? [`${le}s`, duration(le)];
		before = [within, name];
		return {
			name: linkTo(listWith(isLast ? { before: within } : { within }), { title: isLast ? `Not pushed for ${name}` : `Pushed within ${name}` },
				isLast ? `${name} or more` : `less than ${name}`),
			size: groups, text: count(groups),
		};
	}), 'Last push', 'Groups', all);
}

// read: gives of an item its name, size, number of groups and the search for it
const topTable = (title, valueTitle, read) => ([top, all]) => (top.length === 0 ? h('p.muted', 'Nothing yet.')
	: barTable(top.map(read).map(([name, size, groups, q]) => ({
		name: linkTo(listWith({ q }), { title: `${plain(name)}: ${plural(groups, 'group')}` }, orEmpty(name)), size, text: count(size),
	})), title, valueTitle, all));

const factList = (facts) => h('dl.facts-list', facts.flatMap(([name, value]) => [h('dt', name), h('dd', value)]));

const good = (text) => h('span.badge.good', text);

const failures = (number) => h(number > 0 ? 'span.badge.bad' : 'span', count(number));

const persistenceFacts = ({ enabled, file, snapshot, journal, fault }) => (enabled ? factList([
	['State', fault ? h('span', h('span.badge.bad', 'failing'), ' ', shown(fault)) : good('persisted on disk')],
	['File', h('code', shown(file))],
	['Last snapshot', snapshot.time > 0 ? [age(snapshot.time), ` (took ${snapshot.seconds.toFixed(2)} s)`] : 'none since the start'],
	['Snapshots failed', failures(snapshot.failures)],
	['Journal', journal.enabled ? `${bytes(journal.bytes)}, ${count(journal.records)} records` : 'off'],
	...(journal.enabled ? [['Journal writes failed', failures(journal.failures)]] : []),
]) : h('p', h('span.badge.warn', 'off'), ' Metrics are in memory only: a restart loses them. Start with ',
	h('code', '--persistence.file'), ' to persist them.'));

const databaseFacts = ({ name, database }) => factList(
	[['State', good('persisted in a database')], ['Database', h('code', shown(database))], ['Cluster', h('code', shown(name))]]);

const staleAfterSeconds = 5;
const stateClasses = { running: 'good', away: 'bad', unknown: 'warn' };

function showCluster(cluster) {
	const { name, database, revision, scrape, shows_groups: showsGroups, replicas } = cluster;
	setText('cluster-facts', `${name}, in the database ${database}: ${plural(revision, 'write')}`
		+ `${scrape === 'lease' ? `; this replica ${showsGroups ? 'shows' : 'does not show'} the groups in scrapes` : ''}.`);
	redraw('cluster-troubles', troublesOf(cluster), (troubles) => troubles.map((text) => h('p.error', h('bdi.pushed', plain(text, 2000)))));
	updateKeyed('cluster-rows', replicas, (replica) => replica.name, createReplica, (row, replica) => updateReplica(row, replica, cluster));
}

const troublesOf = ({ accepts_pushes: isAccepting, reason, staleness_seconds: staleness, duplicate_name: isDuplicate, replica }) => [
	!isAccepting && `This replica rejects pushes: ${reason}.`,
	!isAccepting && staleness > staleAfterSeconds && `What it shows was up to date ${duration(staleness)} ago.`,
	isDuplicate && `Another replica that runs is called ${replica}, too, and one hides the other here. Give each its own --cluster.replica.`,
].filter(Boolean);

const createReplica = ({ name }) => h('tr',
	h('th', { scope: 'row' }, h('code', shown(name)), h('span.marks')), h('td.version'), h('td.behind'), h('td.seen'));

function updateReplica(row, { name, version, lag, running, seen_seconds: seconds, lease_holder: hasLease }, { replica, staleness_seconds: staleness }) {
	redraw(one(row, '.marks'), [name === replica && 'this one', hasLease && 'holds the lease'], (marks) => marks.map((mark) => mark && h('span.badge', mark)));
	setText(one(row, '.version'), version);
	setText(one(row, '.behind'), lag === 0 ? 'up to date' : `${plural(lag, 'write')} behind`);
	// Without the database, nobody sees anybody.
	const state = running ? 'running' : staleness > staleAfterSeconds ? 'unknown' : 'away';
	const at = serverNow() - seconds;
	redraw(one(row, '.seen'), state, () => [h('span', { class: `badge ${stateClasses[state]}` }, state), !running && [' ', age(at)]]);
	const since = one(row, '.seen time');
	// The time comes with each answer, and a second more or less would make it flicker.
	if (since && Math.abs(Number(since.dataset.at) - at) > 2) {
		setAge(since, at);
	}
}

const a = (type) => ({ untyped: 'an untyped metric', gaugehistogram: 'a gauge histogram' }[type] ?? `a ${type}`);

const adviceOf = {
	type: 'Push the metric with one type everywhere: change this job, or delete the other group first.',
	duplicate: 'Push each series once: two lines have the same name and labels, or another group has this series.',
	reserved: 'Give the metric another name: the gateway exposes this one itself.',
	name: 'Give one of the metrics another name: a histogram or summary owns the names with _bucket, _sum and _count.',
};

// The gateway's answer without its hint, and without what each such answer begins with.
const reasonOf = (answer) => answer.split('\nhint: ')[0]
	.replace(/^pushed metrics are invalid or inconsistent with existing metrics: /, '');

// The rejection in one line of text. @param answer the gateway's, to the letter
export function summaryOf({ kind, family, here, there, line }, answer) {
	if (kind === 'type' && here && there) {
		return `${family} is ${a(here)} here, but ${a(there)} elsewhere`;
	}
	if (kind === 'duplicate' && family) {
		return `${family} has a series twice`;
	}
	const text = reasonOf(answer).split('\nclashes with ')[0];
	return line ? `Line ${line}: ${text.replace(/^.*parsing error in line \d+: /, '')}` : text;
}

// The same in full: what, what to do, and the answer to the letter, folded.
export function explain(rejection, answer) {
	const { kind, groups = [], hint } = rejection;
	const summary = summaryOf(rejection, answer);
	const [, what] = /^(.*) elsewhere$/.exec(summary) ?? [];
	const links = groups.flatMap((labels, i) => [i === 0 ? '' : ', ', linkTo(groupView(labels), {}, shown(`{${labelText(labels)}}`))]);
	const advice = (hint ?? '').split('\n').map((line) => line.replace(/^hint: /, ''))
		.filter((line) => !line.startsWith('clashes with')).join(' ') || adviceOf[kind];
	return h('div.explained',
		h('p.what', groups.length === 0 ? shownInPart(summary) : what ? [shown(what), ' in ', ...links] : [shownInPart(summary), ': ', ...links]),
		advice && h('p.advice', shown(advice)),
		reasonOf(answer) !== summary
			&& h('details', h('summary', 'The answer in full'), h('pre.message', { tabindex: 0 }, shownLines(answer))));
}

export async function refreshRejections() {
	const { total, rejections } = await ask('rejections');
	setText('rejections-total', total === 0
		? 'No push and no deletion has been rejected since the gateway started.'
		: `${count(total)} rejected or redirected since the gateway started`
			+ `${total > rejections.length ? `; the last ${count(rejections.length)} are shown` : ''}.`);
	hide('rejections-table', total === 0);
	// Numbered from the first one on, so that a row keeps its number when others come.
	updateKeyed('rejections-rows', rejections.map((rejection, i) => ({ ...rejection, number: total - i })), ({ number }) => String(number), createRejection);
}

const createRejection = (rejection) => h('tr',
	h('td.when', focusableAge(rejection.time)),
	h('td', h(rejection.status >= 400 ? 'span.badge.bad' : 'span.badge.warn', String(rejection.status))),
	h('td',
		// The group may not exist.
		rejection.group && linkTo(groupView(rejection.group), { class: 'chips' }, chips(rejection.group)),
		explain(rejection, rejection.reason),
		h('p.muted.request', h('code', shown(rejection.method), ' ', shownInPart(rejection.path)), ' from ', h('code', shown(rejection.client)))));

export async function refreshStatus() {
	const [{ build_information: build, flags: given }, { server, start, cluster }] = await Promise.all([ask('status'), ask('stats', { flags: 'true' })]);
	const { limits } = server;
	const facts = [
		['Version', build.version], ['Revision', build.revision], ['Branch', build.branch], ['Runtime', build.goVersion],
		['Built by', build.buildUser], ['Built on', build.buildDate],
		['Started', start], ['Uptime', duration(serverNow() - start)],
		['Listens on', server.listeners.join('\n')],
		...(cluster ? [['Groups are in', `the database ${cluster.database}, cluster ${cluster.name}`]] : []),
		// Limits that no flag sets.
		['Maximum request headers', bytes(limits.request_header_bytes)],
		['Maximum header lines', count(limits.request_headers)],
		['Maximum push, each sample with all labels', bytes(limits.rendered_push_bytes)],
		['Minimum body rate', `${bytes(limits.body_bytes_per_second)} per second`],
	];
	updateKeyed('build', facts, ([name]) => name, createFact, updateFact);

	const flags = Object.entries({ ...given, ...server.own_flags })
		.map(([name, value]) => ({ name, value, isChanged: server.changed_flags.includes(name), help: server.flag_help?.[name] }))
		.sort((one, other) => (one.name < other.name ? -1 : 1));
	setText('changed-count', String(flags.filter((flag) => flag.isChanged).length));
	updateKeyed('flags', flags, (flag) => flag.name, createFlag);
	showFlags();
}

const createFact = ([name, value]) => h('tr', h('th', { scope: 'row' }, name), h('td', name === 'Started' && focusableAge(value)));

function updateFact(row, [name, value]) {
	if (name !== 'Started') {
		setText(row.lastElementChild, plain(value || '–', 2000).replaceAll('\\n', '\n'));
	}
}

const createFlag = ({ name, value, isChanged, help }) => h(isChanged ? 'tr.changed' : 'tr',
	h('th', { scope: 'row' }, h('code', `--${name}`), isChanged && h('span.badge', 'changed'), help && h('p.muted', help.replaceAll('`', ''))),
	h('td', h('code', value === '' ? h('i.none', 'not set') : shown(value))));

function showFlags() {
	byId('only-changed').checked = view.changed !== '';
	setField('flag-find', view.find);
	const words = view.find.toLowerCase().split(/\s+/);
	for (const row of byId('flags').children) {
    const text = row.textContent.toLowerCase();
    row.hidden = (view.changed !== '' && !row.matches('.changed')) || !words.every((word) => text.includes(word));
  }
}

export function startStatus() {
  on('only-changed', 'change', ({ target }) => navigate({ changed: target.checked ? '1' : '' }));
  on('flag-find', 'input', debounce(100, () => navigate({ find: byId('flag-find').value }, true)));
  onNavigate(() => view.tab === 'status' && showFlags());
}
