// Deletions, which can be undone: they are sent after ten seconds, or when the page goes.
import { announce, offer, showDialog } from './dialogs.js';
import { all, byId, h, on, one, setText } from './dom.js';
import { chips, count, plain, plural } from './format.js';
import { ask, deleteGroup, deleteGroups, refresh, wipe } from './gateway.js';
import { navigate, view } from './router.js';
import { describeSelection, selection } from './search.js';

const undoMilliseconds = 10_000;
const previewed = 8;
const pending = new Set();

// The paths of the groups that are picked with their checkboxes.
export const picked = new Set();

export const isLeaving = (group) => [...pending].some(({ covers }) => covers(group));

// `covers`: whether a group is one of them; `send` deletes them.
function deleteLater({ groups, covers, send }) {
	const deletion = { covers, send };
	const end = () => {
		clearTimeout(timer);
		if (notice.contains(document.activeElement)) {
			byId('search').focus();
		}
		notice.remove();
		pending.delete(deletion);
		refresh();
	};
	const notice = offer(`Deleted ${plural(groups, 'group')}.`, 'Undo', end);
	const timer = setTimeout(() => send({}).catch((error) => announce(`Not deleted. ${error.message}`, true)).finally(end), undoMilliseconds);
	pending.add(deletion);
	refresh();
}

// One by one, so that it takes no more than the right to delete each.
function deletePathsLater(paths) {
	const gone = new Set(paths);
	gone.forEach((path) => picked.delete(path));
	navigate(gone.has(view.group) ? { group: '' } : {});
	deleteLater({
		groups: gone.size,
		covers: ({ path }) => gone.has(path),
		send: (options) => Promise.all([...gone].map((path) => deleteGroup(path, options))),
	});
}

on(window, 'pagehide', () => {
	for (const { send } of pending) {
		// Nobody is there to read an error.
		send({ keepalive: true }).catch(() => {});
	}
	pending.clear();
});

export function deleteOne({ path }) {
	const row = all('#rows > *').find((one) => one.dataset.key === path);
	const next = row?.nextElementSibling ?? row?.previousElementSibling;
	deletePathsLater([path]);
	row?.remove();
	(next ? one(next, '.row-link') : byId('search')).focus({ preventScroll: true });
}

const preview = (groups, number) => h('ul.preview', { tabindex: 0, 'aria-label': 'Groups' },
	groups.slice(0, previewed).map((labels) => h('li.chips', chips(labels))),
	number > previewed && h('li.muted', `and ${count(number - Math.min(previewed, groups.length))} more`));

// groups: those of the picked ones that are known: labels and path
export function askToDeletePicked(groups) {
	const title = `Delete ${plural(picked.size, 'group')}`;
	showDialog({
		title: `${title}?`,
		body: preview(groups.filter(({ path }) => picked.has(path)).map(({ labels }) => labels), picked.size),
		confirm: title,
		action: async () => deletePathsLater([...picked]),
	});
}

export function askToDeleteSelection() {
	const selected = selection();
	const key = JSON.stringify(selected);
	const summary = h('p', 'Counting…');
	const list = h('div');
	let groups = 0;
	const dialog = showDialog({
		title: 'Delete what the search selects?',
		body: h('div', summary, h('p.muted', 'Selected by ', h('code', plain(describeSelection()))), list),
		confirm: 'Delete',
		action: async () => {
			navigate({ group: '' });
			deleteLater({ groups, covers: () => JSON.stringify(selection()) === key, send: (options) => deleteGroups(selected, false, options) });
		},
	});
	const button = one(dialog, '.danger');
	button.disabled = true;
	deleteGroups(selected, true).then((dry) => {
		groups = dry.groups;
		setText(summary, `${plural(groups, 'group')} with ${count(dry.series)} series. Their metrics are gone then; jobs that push again come back.`);
		list.replaceChildren(preview(dry.labels ?? [], groups));
		setText(button, `Delete ${plural(groups, 'group')}`);
		button.disabled = groups === 0;
	}, (error) => setText(summary, `They cannot be ${error.isRefusal ? 'deleted' : 'counted'}. ${error.message}`));
}

export async function askToWipe() {
	const { total } = await ask('groups', { limit: 0 });
	showDialog({
		title: 'Wipe all groups?',
		body: h('p', `This deletes all ${plural(total.groups, 'group')} with ${count(total.series)} series, for good. There is no undo.`),
		confirm: 'Wipe all',
		word: 'wipe',
		action: async () => {
			await wipe();
			announce('All groups are deleted.');
			navigate({ group: '', page: 1 });
			refresh();
		},
	});
}
