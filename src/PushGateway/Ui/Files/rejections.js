// The last pushes and deletions that the gateway rejected, whoever sent them.
import { readRejections } from './api.js';
import { byId, h, setText, updateKeyed } from './dom.js';
import { explain } from './explain.js';
import { age, count } from './format.js';
import { chips, orderedLabels } from './labels.js';
import { addressOf, followLink, listWith } from './router.js';
import { pushPath } from './snippets.js';
import { shown, shownInPart } from './text.js';

export async function refreshRejections() {
  const { total, rejections } = await readRejections();
  setText(byId('rejections-total'), total === 0
    ? 'No push and no deletion has been rejected since the gateway started.'
    : `${count(total)} rejected or redirected since the gateway started`
      + `${total > rejections.length ? `; the last ${count(rejections.length)} are shown` : ''}.`);
  byId('rejections-table').hidden = total === 0;
  // Numbered from the first one on, so that a row keeps its number when others come.
  const numbered = rejections.map((rejection, i) => ({ ...rejection, number: total - i }));
  updateKeyed(byId('rejections-rows'), numbered, ({ number }) => String(number), createRow, () => {});
}

function createRow(rejection) {
  const { time, status, method, path, client, group, reason } = rejection;
  return h('tr', {},
    h('td', { class: 'when' }, age(time, { tabindex: 0 })),
    h('td', {}, h('span', { class: status >= 400 ? 'badge bad' : 'badge warn' }, String(status))),
    h('td', {},
      group === null ? null : groupChips(group),
      explain(rejection, reason),
      h('p', { class: 'muted request' }, h('code', {}, shown(method), ' ', shownInPart(path)), ' from ', h('code', {}, shown(client)))));
}

/** The group may not exist. */
function groupChips(group) {
  const target = listWith({ group: pushPath(orderedLabels(group)) });
  const link = h('a', { class: 'chips', href: addressOf(target) }, chips(group));
  link.addEventListener('click', (event) => followLink(event, target));
  return link;
}
