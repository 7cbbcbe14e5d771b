// Try a push: write metrics, see what pushes them, have them checked, send them, and see what is wrong with them.
import { all, byId, debounce, h, on, one } from './dom.js';
import { plain, shownLines } from './format.js';
import { failureOf, push } from './gateway.js';
import { linkTo, listWith, onNavigate, view } from './router.js';
import { labelsOfPath, languageTabs, pushPath } from './syntax.js';

const checkMilliseconds = 500;
let checking = new AbortController();
let prefilled = '';
let isSent = false;

const examples = {
	gauge: `# HELP backup_duration_seconds How long the backup took.
# TYPE backup_duration_seconds gauge
backup_duration_seconds 2398.283
# TYPE backup_success_timestamp_seconds gauge
backup_success_timestamp_seconds 1.7e+09
`,
	counter: `# HELP backup_bytes_total Bytes that were written.
# TYPE backup_bytes_total counter
backup_bytes_total{kind="full"} 1.2e+09
backup_bytes_total{kind="incremental"} 4.1e+07
`,
	histogram: `# HELP file_copy_seconds Time to copy a file.
# TYPE file_copy_seconds histogram
file_copy_seconds_bucket{le="0.1"} 12
file_copy_seconds_bucket{le="1"} 40
file_copy_seconds_bucket{le="+Inf"} 42
file_copy_seconds_sum 17.9
file_copy_seconds_count 42
`,
	summary: `# HELP lock_wait_seconds Time to get a lock.
# TYPE lock_wait_seconds summary
lock_wait_seconds{quantile="0.5"} 0.05
lock_wait_seconds{quantile="0.99"} 1.9
lock_wait_seconds_sum 61.2
lock_wait_seconds_count 420
`,
};

const methodOf = () => one(document, 'input[name=method]:checked').value;

// What has to be sent: a text that ends with the end of a line.
const bodyOf = () => (methodOf() === 'DELETE' ? undefined : byId('push-body').value.replace(/[^\n]$/, '$&\n'));

const pathOf = () => pushPath([['job', byId('push-job').value], ...[...byId('push-labels').children]
	.map((row) => all('input', row).map((input) => input.value))
	.filter(([name]) => name !== '')]);

const onChanged = () => byId('push-form').dispatchEvent(new Event('input'));

function addLabel(name = '', value = '') {
	const input = (kind, text) => h('input', {
		type: 'text', 'aria-label': `Label ${kind}`, placeholder: kind, autocomplete: 'off', spellcheck: 'false', value: text,
	});
	const row = h('div.label-row', input('name', name), input('value', value),
		h('button.quiet', { 'aria-label': 'Remove this label', title: 'Remove this label', onclick: () => {
			row.remove();
			byId('add-label').focus();
			onChanged();
		} }, '×'));
	byId('push-labels').append(row);
	return row;
}

async function send() {
	const button = byId('push-send');
	button.disabled = isSent = true;
	checking.abort();
	const path = pathOf();
	try {
		const { status } = await push(methodOf(), path, bodyOf());
		showLines();
		showResult('good', h('p', h('strong', 'Accepted'), ` with ${status}. `,
			methodOf() !== 'DELETE' && linkTo(listWith({ group: path }), {}, 'Open the group')));
	} catch (error) {
		showFault(failureOf(error));
	} finally {
		button.disabled = false;
	}
}

async function check() {
	checking.abort();
	checking = new AbortController();
	if (isSent || view.tab !== 'push' || methodOf() === 'DELETE' || byId('push-job').value === '') {
		return;
	}
	try {
		await push(methodOf(), pathOf(), bodyOf(), true, checking.signal);
		showLines();
		showResult('good', h('p', 'This push would be accepted.'));
	} catch (error) {
		if (error.name !== 'AbortError') {
			showFault(failureOf(error));
		}
	}
}

function showFault({ status, message }) {
	const line = Number(/parsing error in line (\d+)/.exec(message)?.[1] ?? 0);
	showLines(line);
	const text = byId('push-body').value.split('\n')[line - 1];
	const title = status === 0 ? 'Not sent' : isSent ? `Rejected with ${status}` : 'This push would be rejected';
	showResult('bad', h('p', h('strong', title), line > 0 && ` at line ${line}`),
		h('pre.message', { tabindex: 0 }, shownLines(message)),
		text !== undefined && h('pre.wrong-line', h('span.line-number', line), plain(text)));
	if (line > 0 && isSent) {
		selectLine(line);
	}
}

function showResult(kind, ...nodes) {
	const box = byId('push-result');
	box.hidden = nodes.length === 0;
	box.className = `result ${kind}`;
	box.replaceChildren(...nodes.filter(Boolean));
}

function showLines(wrong = 0) {
	byId('push-lines').replaceChildren(...byId('push-body').value.split('\n').map(
		(_, i) => h(i + 1 === wrong ? 'span.wrong' : 'span', i + 1)));
	scrollLines();
}

function scrollLines() {
	byId('push-lines').scrollTop = byId('push-body').scrollTop;
}

function selectLine(number) {
	const body = byId('push-body');
	const lines = body.value.split('\n');
	const start = lines.slice(0, number - 1).reduce((length, line) => length + line.length + 1, 0);
	body.focus();
	body.setSelectionRange(start, start + (lines[number - 1] ?? '').length);
	body.scrollTop = Math.max(0, (number - 3) * Number.parseFloat(getComputedStyle(body).lineHeight));
	scrollLines();
}

function prefill() {
	if (isSent || view.tab !== 'push' || view.group === prefilled) {
		return;
	}
	prefilled = view.group;
	const labels = labelsOfPath(prefilled);
	byId('push-job').value = labels.find(([name]) => name === 'job')?.[1] ?? 'backup';
	byId('push-labels').replaceChildren();
	labels.filter(([name]) => name !== 'job').forEach((label) => addLabel(...label));
	onChanged();
}

export function startPush() {
	const body = byId('push-body');
	body.value = examples.gauge;
	for (const [name, text] of Object.entries(examples)) {
		byId('push-examples').append(h('button', { onclick: () => {
			body.value = text;
			onChanged();
		} }, name));
	}
	on(body, 'scroll', scrollLines);
	on(body, 'keydown', (event) => {
		if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
			event.preventDefault();
			byId('push-form').requestSubmit();
		}
	});
	showLines();
	const { element, show } = languageTabs(['curl', 'Python', 'Go', 'Java'], () => [methodOf(), pathOf(), bodyOf() ?? '']);
	byId('push-snippets').append(element);
	on('add-label', 'click', () => addLabel().firstElementChild.focus());
	const checkSoon = debounce(checkMilliseconds, check);
	on('push-form', 'input', () => {
		checking.abort();
		isSent = false;
		showLines();
		showResult('');
		byId('push-editor').classList.toggle('unused', methodOf() === 'DELETE');
		show();
		checkSoon();
	});
	on('push-form', 'submit', (event) => {
		event.preventDefault();
		send();
	});
	onNavigate(prefill);
	prefill();
}
