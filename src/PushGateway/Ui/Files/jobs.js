// The jobs, those with late and failing groups first. Each opens to its groups.
import { byId, h, hide, one, setAttribute, setField, setText, updateKeyed } from './dom.js';
import { age, chips, count, orEmpty, plain, plural, setAge, showDeadlines } from './format.js';
import { ask, refresh } from './gateway.js';
import { faultLines, showFaults } from './groups.js';
import { linkTo, listWith, navigate, onNavigate, showPager, view } from './router.js';
import { searchAsTyped } from './search.js';
import { parse, selector } from './syntax.js';

const groupsPerPage = 20;
const maxGroups = 1000;
const states = { failing: ['failed', 'bad'], late: ['late', 'bad'], expiring: ['expiring', 'warn'] };
let asked = '';

// The jobs that are open, with how many of their groups are shown, as in the address: nightly or nightly:220.
const openJobs = () => new Map(view.open.split(' ').filter(Boolean).map((text) => {
	const [job, shown] = text.split(':');
	return [decodeURIComponent(job), Math.min(maxGroups, Number(shown) || groupsPerPage)];
}));

// shown: how many of its groups are shown; 0 closes it
function open(job, shown) {
	const jobs = openJobs();
	jobs.delete(job);
	if (shown > 0) {
		jobs.set(job, shown);
	}
	navigate({ open: [...jobs].map(([name, number]) => `${encodeURIComponent(name)}${number === groupsPerPage ? '' : `:${number}`}`).join(' ') });
}

const only = (job) => selector({ job }).slice(1, -1);

const listOf = (job, changes = {}) => listWith({ q: only(job), ...changes });

export async function refreshJobs() {
	const { q, size, page } = view;
	const { search, match } = parse(q);
	const { total, jobs } = await ask('jobs', { 'match[]': match, search, limit: size, offset: (page - 1) * size });
	const opened = openJobs();
	const rows = (await Promise.all(jobs.map(async (job) => (opened.has(job.job)
		? [job, { ...await readGroups(job.job, match, search, opened.get(job.job)), of: job.job }] : [job])))).flat();
	setText('jobs-total', total.jobs === 0 ? 'No job.' : `${plural(total.jobs, 'job')}. Late and failing ones come first.`);
	hide('jobs-table', jobs.length === 0);
	updateKeyed('jobs-rows', rows, ({ job, of }) => (of === undefined ? `job ${job}` : `groups ${of}`),
		(row) => (row.of === undefined ? createJob(row) : createGroups(row)),
		(element, row) => (row.of === undefined ? updateJob(element, row, opened.has(row.job)) : updateGroups(element, row)));
	showPager('jobs-pager', total.jobs);
	byId('jobs').classList.remove('asking');
}

// The groups of a job that meet the search, those with trouble first.
const readGroups = (job, match, search, limit) => ask('groups', {
	'match[]': match.includes('{') ? match.replace('{', `{${only(job)},`) : selector({ job }), search, sort: 'state', limit,
});

const createJob = ({ job }) => h('tr',
	h('th', { scope: 'row' }, h('button.quiet.disclosure', {
		'aria-label': `Groups of ${plain(job)}`,
		onclick: () => open(job, openJobs().has(job) ? 0 : groupsPerPage),
		onkeydown: (event) => {
			const isOpen = openJobs().has(job);
			if (event.key === (isOpen ? 'ArrowLeft' : 'ArrowRight')) {
				event.stopPropagation();
				open(job, isOpen ? 0 : groupsPerPage);
			}
		},
	}), linkTo(listOf(job), { class: 'row-link' }, orEmpty(job))),
	h('td', Object.entries(states).map(([name, [state, kind]]) => linkTo(listOf(job, { state }), { class: `badge ${kind} ${name}` }))),
	h('td.number.groups'), h('td.number.series'), h('td.when', age(0)), h('td.when', age(0)));

function updateJob(row, job, isOpen) {
	for (const name of Object.keys(states)) {
		hide(one(row, `.${name}`), !job[name]);
		setText(one(row, `.${name}`), `${count(job[name])} ${name}`);
	}
	setText(one(row, '.groups'), count(job.groups));
	setText(one(row, '.series'), count(job.series));
	setAttribute(one(row, '.disclosure'), 'aria-expanded', String(isOpen));
	const [last, oldest] = row.querySelectorAll('.when time');
	setAge(last, job.last_push);
	setAge(oldest, job.oldest_push);
}

const createGroups = ({ of }) => h('tr.children', h('td', { colspan: 6 },
	h('ul', { 'aria-label': `Groups of ${plain(of)}` }),
	h('p.more-groups', h('span'), ' ',
		h('button', { onclick: () => open(of, openJobs().get(of) + 5 * groupsPerPage) }, `Show ${5 * groupsPerPage} more`),
		linkTo(listOf(of), {}, 'Show them in the list'))));

function updateGroups(row, { matched, groups }) {
	updateKeyed(one(row, 'ul'), groups, ({ path }) => path, createGroup, updateGroup);
	hide(one(row, '.more-groups'), matched.groups <= groups.length);
	hide(one(row, 'button'), groups.length >= maxGroups);
	setText(one(row, '.more-groups span'), `${count(groups.length)} of ${plural(matched.groups, 'group')}`);
}

function createGroup({ labels: { job, ...labels }, path }) {
	const parts = Object.keys(labels).length === 0 ? [h('span.muted', 'no other labels')] : chips(labels);
	return h('li', h('div.about', linkTo(listWith({ group: path }), { class: 'row-link chips' }, parts), h('p.deadlines'), faultLines()),
		h('span.number', h('span.series'), ' series'), h('span.when', age(0)));
}

function updateGroup(row, group) {
	setText(one(row, '.series'), count(group.series));
	setAge(one(row, '.when time'), group.pushed);
	showDeadlines(one(row, '.deadlines'), group);
	showFaults(row, group);
}

function showView() {
	const { tab, q, page, size, open: opened } = view;
	if (tab !== 'jobs') {
		return;
	}
	setField('jobs-search', q);
	const wanted = `${q} ${page} ${size}`;
	if (wanted + opened !== asked) {
		byId('jobs').classList.toggle('asking', !asked.startsWith(wanted));
		asked = wanted + opened;
		refresh();
	}
}

export function startJobs() {
	searchAsTyped('jobs-search', 300, (q) => ({ q, page: 1 }));
	onNavigate(showView);
	showView();
}
