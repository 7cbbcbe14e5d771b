// Try a push: write metrics, see the curl that pushes them, send them, and see what is wrong with them.
import { push, RequestFailed } from './api.js';
import { copyButton } from './copy.js';
import { byId, h, setText } from './dom.js';
import { followLink, addressOf } from './router.js';
import { curlPushBody, pushPath } from './snippets.js';
import { plain, splitHint } from './text.js';

const example = `# HELP backup_duration_seconds How long the backup took.
# TYPE backup_duration_seconds gauge
backup_duration_seconds 2398.283
# TYPE backup_bytes_total counter
backup_bytes_total{kind="full"} 1.2e+09
`;

/** What has to be sent: a text that ends with the end of a line. */
const bodyOf = () => (byId('push-body').value.endsWith('\n') ? byId('push-body').value : `${byId('push-body').value}\n`);

const methodOf = () => document.querySelector('input[name=method]:checked').value;

const labelsOf = () => [['job', byId('push-job').value], ...[...byId('push-labels').children]
  .map((row) => [...row.querySelectorAll('input')].map((input) => input.value))
  .filter(([name]) => name !== '')];

const pathOf = () => pushPath(labelsOf());

const curl = () => curlPushBody(methodOf(), pathOf(), bodyOf());

function addLabel() {
  const row = h('div', { class: 'label-row' },
    h('input', { type: 'text', 'aria-label': 'Label name', placeholder: 'name', autocomplete: 'off', spellcheck: 'false' }),
    h('input', { type: 'text', 'aria-label': 'Label value', placeholder: 'value', autocomplete: 'off', spellcheck: 'false' }),
    h('button', {
      type: 'button', class: 'quiet', 'aria-label': 'Remove this label', title: 'Remove this label',
      onclick: () => {
        row.remove();
        byId('add-label').focus();
        showCurl();
      },
    }, '×'));
  byId('push-labels').append(row);
  row.firstElementChild.focus();
}

function showCurl() {
  setText(byId('push-curl'), curl());
}

/** Numbers of the lines beside the text, the wrong one marked. */
function showLines(wrong = 0) {
  const lines = byId('push-body').value.split('\n').length;
  byId('push-lines').replaceChildren(...Array.from({ length: lines }, (_, i) => h(
    'span', { class: i + 1 === wrong ? 'wrong' : '' }, String(i + 1))));
  scrollLines();
}

function scrollLines() {
  byId('push-lines').scrollTop = byId('push-body').scrollTop;
}

async function send() {
  const button = byId('push-send');
  button.disabled = true;
  const path = pathOf();
  try {
    const { status } = await push(methodOf(), path, bodyOf());
    showLines();
    const link = h('a', { href: addressOf({ tab: 'groups', group: path }) }, 'Open the group');
    link.addEventListener('click', (event) => followLink(event, { tab: 'groups', group: path, q: '', state: '', within: '', page: 1 }));
    showResult('good', h('p', {}, h('strong', {}, 'Accepted'), ` with ${status}. `, link));
  } catch (error) {
    if (!(error instanceof RequestFailed)) {
      throw error;
    }
    showRefusal(error);
  } finally {
    button.disabled = false;
  }
}

function showRefusal(error) {
  const [reason, hint] = splitHint(error.message);
  const line = Number(/parsing error in line (\d+)/.exec(error.message)?.[1] ?? 0);
  showLines(line);
  const text = line > 0 ? byId('push-body').value.split('\n')[line - 1] : null;
  showResult('bad', h('p', {}, h('strong', {}, error.status === 0 ? 'Not sent' : `Refused with ${error.status}`), line > 0 ? ` at line ${line}` : ''),
    h('pre', { class: 'message' }, plain(reason, 4000), hint && `\n${hint}`),
    text === null || text === undefined ? null : h('pre', { class: 'wrong-line' }, h('span', { class: 'line-number' }, String(line)), plain(text)));
  if (line > 0) {
    selectLine(line);
  }
}

function selectLine(line) {
  const body = byId('push-body');
  const start = body.value.split('\n').slice(0, line - 1).reduce((length, one) => length + one.length + 1, 0);
  const end = body.value.indexOf('\n', start);
  body.focus();
  body.setSelectionRange(start, end < 0 ? body.value.length : end);
  const lineHeight = Number.parseFloat(getComputedStyle(body).lineHeight);
  body.scrollTop = Math.max(0, (line - 3) * lineHeight);
  scrollLines();
}

function showResult(kind, ...nodes) {
  const box = byId('push-result');
  box.hidden = false;
  box.className = `result ${kind}`;
  box.replaceChildren(...nodes.filter(Boolean));
}

export function startPush() {
  const body = byId('push-body');
  body.value = example;
  body.addEventListener('input', () => showLines());
  body.addEventListener('scroll', scrollLines);
  byId('add-label').addEventListener('click', addLabel);
  byId('push-form').addEventListener('input', showCurl);
  byId('push-form').addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
  body.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      byId('push-form').requestSubmit();
    }
  });
  byId('push-copy').append(copyButton('Copy', curl));
  showLines();
  showCurl();
}
