// Try a push: write metrics, see what pushes them, have them checked, send them, and see what is wrong with them.
import { push, RequestFailed } from './api.js';
import { byId, debounce, h } from './dom.js';
import { examples } from './examples.js';
import { languageTabs } from './languages.js';
import { lineOf, selectLine, showLines, startEditor } from './push-editor.js';
import { linkTo } from './links.js';
import { listWith, onNavigate, view } from './router.js';
import { labelsOfPath, pushPath } from './snippets.js';
import { plain, shownLines } from './text.js';

const checkMilliseconds = 500;
let checking = new AbortController();
let prefilled = '';
let isSent = false;

const methodOf = () => document.querySelector('input[name=method]:checked').value;

/** What has to be sent: a text that ends with the end of a line. */
function bodyOf() {
  const text = byId('push-body').value;
  return methodOf() === 'DELETE' ? '' : text.endsWith('\n') ? text : `${text}\n`;
}

const pathOf = () => pushPath([['job', byId('push-job').value], ...[...byId('push-labels').children]
  .map((row) => [...row.querySelectorAll('input')].map((input) => input.value))
  .filter(([name]) => name !== '')]);

function addLabel(name = '', value = '') {
  const input = (kind, text) => h('input', {
    type: 'text', 'aria-label': `Label ${kind}`, placeholder: kind, autocomplete: 'off', spellcheck: 'false', value: text,
  });
  const row = h('div.label-row', input('name', name), input('value', value),
    h('button', {
      class: 'quiet', 'aria-label': 'Remove this label', title: 'Remove this label',
      onclick: () => {
        row.remove();
        byId('add-label').focus();
        byId('push-form').dispatchEvent(new Event('input'));
      },
    }, '×'));
  byId('push-labels').append(row);
  return row;
}

async function send() {
  const button = byId('push-send');
  button.disabled = isSent = true;
  checking.abort();
  const path = pathOf();
  try {
    const { status } = await push(methodOf(), path, bodyOf() || undefined);
    showLines();
    showResult('good', h('p', h('strong', 'Accepted'), ` with ${status}. `, methodOf() === 'DELETE' ? null : linkTo(listWith({ group: path }), {}, 'Open the group')));
  } catch (error) {
    showFault(error, true);
  } finally {
    button.disabled = false;
  }
}

/** Asks what the push would be answered, while it is typed. */
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
      showFault(error, false);
    }
  }
}

function showFault(error, isSent) {
  if (!(error instanceof RequestFailed)) {
    throw error;
  }
  const line = Number(/parsing error in line (\d+)/.exec(error.message)?.[1] ?? 0);
  showLines(line);
  const text = line > 0 ? lineOf(line) : null;
  const title = error.status === 0 ? 'Not sent' : isSent ? `Rejected with ${error.status}` : 'This push would be rejected';
  showResult('bad', h('p', h('strong', title), line > 0 ? ` at line ${line}` : ''),
    h('pre.message', { tabindex: 0 }, ...shownLines(error.message)),
    text === null ? null : h('pre.wrong-line', h('span.line-number', String(line)), plain(text)));
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

/** Fills in the labels of the group that the address names. */
function prefill() {
  if (isSent || view.tab !== 'push' || view.group === prefilled) {
    return;
  }
  prefilled = view.group;
  const labels = labelsOfPath(view.group);
  byId('push-job').value = labels.find(([name]) => name === 'job')?.[1] ?? 'backup';
  byId('push-labels').replaceChildren();
  labels.filter(([name]) => name !== 'job').forEach(([name, value]) => addLabel(name, value));
  byId('push-form').dispatchEvent(new Event('input'));
}

export function startPush() {
  const body = byId('push-body');
  body.value = examples.gauge;
  for (const name of Object.keys(examples)) {
    byId('push-examples').append(h('button', {
      onclick: () => {
        body.value = examples[name];
        showLines();
        byId('push-form').dispatchEvent(new Event('input'));
      },
    }, name));
  }
  startEditor();
  const { element, show } = languageTabs(['curl', 'Python', 'Go', 'Java'], () => [methodOf(), pathOf(), bodyOf()]);
  byId('push-snippets').append(element);
  byId('add-label').addEventListener('click', () => addLabel().firstElementChild.focus());
  const checkSoon = debounce(checkMilliseconds, check);
  byId('push-form').addEventListener('input', () => {
    checking.abort();
    isSent = false;
    showResult('');
    byId('push-editor').classList.toggle('unused', methodOf() === 'DELETE');
    show();
    checkSoon();
  });
  byId('push-form').addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
  onNavigate(prefill);
  prefill();
}
