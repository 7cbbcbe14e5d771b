// The text of a push, with numbers of its lines.
import { byId, h } from './dom.js';

/** Numbers of the lines beside the text, the wrong one marked. */
export function showLines(wrong = 0) {
  const lines = byId('push-body').value.split('\n').length;
  byId('push-lines').replaceChildren(...Array.from({ length: lines }, (_, i) => h(
    'span', { class: i + 1 === wrong ? 'wrong' : '' }, String(i + 1))));
  scrollLines();
}

function scrollLines() {
  byId('push-lines').scrollTop = byId('push-body').scrollTop;
}

export const lineOf = (number) => byId('push-body').value.split('\n')[number - 1] ?? null;

export function selectLine(number) {
  const body = byId('push-body');
  const start = body.value.split('\n').slice(0, number - 1).reduce((length, one) => length + one.length + 1, 0);
  const end = body.value.indexOf('\n', start);
  body.focus();
  body.setSelectionRange(start, end < 0 ? body.value.length : end);
  body.scrollTop = Math.max(0, (number - 3) * Number.parseFloat(getComputedStyle(body).lineHeight));
  scrollLines();
}

export function startEditor() {
  const body = byId('push-body');
  body.addEventListener('input', () => showLines());
  body.addEventListener('scroll', scrollLines);
  body.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      byId('push-form').requestSubmit();
    }
  });
  showLines();
}
