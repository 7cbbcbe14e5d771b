// The last pushes and deletions that the gateway rejected, whoever sent them.
import { readRejections } from './api.js';
import { byId, h, setText, updateKeyed } from './dom.js';
import { age, count } from './format.js';
import { chips, orderedLabels } from './labels.js';
import { addressOf, followLink } from './router.js';
import { pushPath } from './snippets.js';
import { shown, shownInPart, shownReason } from './text.js';

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

function createRow({ time, status, method, path, client, group, reason }) {
  return h('tr', {},
    h('td', { class: 'when' }, age(time)),
    h('td', {}, h('span', { class: status >= 400 ? 'badge bad' : 'badge warn' }, String(status))),
    h('td', {},
      h('code', {}, shown(method), ' ', shownInPart(path)),
      group === null ? null : groupLink(group),
      h('pre', { class: 'message' }, shownReason(reason))),
    h('td', {}, h('code', {}, shown(client))));
}

/** The group may not exist. */
function groupLink(group) {
  const view = { tab: 'groups', group: pushPath(orderedLabels(group)) };
  const link = h('a', { class: 'chips', href: addressOf(view) }, chips(group));
  link.addEventListener('click', (event) => followLink(event, view));
  return link;
}
