// The head of an open group: its labels, facts, what can be done with it, and what is wrong with it.
import { copyButton } from './copy.js';
import { showDeadlines } from './deadlines.js';
import { byId, h, setAttribute, setText } from './dom.js';
import { explain } from './explain.js';
import { age, bytes, count, setAge } from './format.js';
import { icon } from './icons.js';
import { labelText, orderedLabels, wholeChips } from './labels.js';
import { withMatcher } from './query.js';
import { linkTo } from './links.js';
import { view } from './router.js';
import { curlDelete, curlPush, selector } from './snippets.js';
import { plain, shownInPart } from './text.js';

/** Once for a group. @param onDelete called when it should go */
export function buildHead(group, onDelete) {
  const { labels, path } = group;
  const title = byId('group-title');
  title.replaceChildren(...wholeChips(labels));
  orderedLabels(labels).forEach(([name, value], i) => title.children[i].append(filterLink(name, value)));
  byId('group-actions').replaceChildren(
    copyButton('Copy selector', () => selector(labels), 'PromQL selector of this group'),
    copyButton('Copy push', () => curlPush(path), 'curl that pushes to this group'),
    copyButton('Copy delete', () => curlDelete(path), 'curl that deletes this group'),
    linkTo({ tab: 'push', group: path }, { class: 'button' }, icon('push'), 'Try a push'),
    h('button', { class: 'danger quiet', title: 'Delete this group (d)', onclick: onDelete }, icon('trash'), 'Delete'));
  document.title = `${labelText(labels).slice(0, 80)} – Pushgateway`;
}

function filterLink(name, value) {
  const label = `Only groups with ${plain(name)}="${plain(value)}"`;
  return linkTo(() => ({ q: withMatcher(view.q, name, value), page: 1 }), { class: 'chip-filter', title: label, 'aria-label': label }, icon('filter'));
}

export function updateHead(group) {
  setAge(byId('group-pushed'), group.pushed);
  setAge(byId('group-failed'), group.failed);
  setAttribute(byId('group-failed').parentElement, 'class', group.ok ? null : 'bad');
  setText(byId('group-families'), count(group.family_count));
  setText(byId('group-series'), count(group.series));
  setText(byId('group-size'), bytes(group.bytes));
  byId('group-empty').hidden = group.samples > 0;
  showDeadlines(byId('group-deadlines').firstElementChild, group);
  showRejection(group);
  showQuarantine(group);
}

function showRejection({ ok, failed, error }) {
  showOnce(byId('group-rejection'), ok ? null : [failed, error], () => [
    h('p', h('strong', 'The last push was rejected'), ' ', age(error?.time ?? failed, { tabindex: 0 }),
      '. What is shown is from the push before.'),
    error ? explain(error, error.message)
      : h('p.muted', 'The reason is not known any more: the gateway has been restarted since.')]);
}

function showQuarantine({ quarantined }) {
  showOnce(byId('group-quarantine'), quarantined, () => [
    h('p', h('strong', 'Left out of scrapes'), ', since it does not fit with the other groups. Delete it, or push it again.'),
    h('pre.message', { tabindex: 0 }, shownInPart(quarantined))]);
}

/** Redraws what is there only where it has changed. */
function showOnce(box, data, draw) {
  box.hidden = data === null;
  const key = JSON.stringify(data);
  if (box.dataset.shown !== key) {
    box.dataset.shown = key;
    box.replaceChildren(...(data === null ? [] : draw()));
  }
}
