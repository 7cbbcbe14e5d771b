// The last pushes and deletions that the gateway rejected, whoever sent them.
import { readRejections } from './api.js';
import { byId, h, setText, updateKeyed } from './dom.js';
import { explain } from './explain.js';
import { age, count } from './format.js';
import { chips, groupView } from './labels.js';
import { linkTo } from './links.js';
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
  return h('tr',
    h('td.when', age(time, { tabindex: 0 })),
    h('td', h('span', { class: status >= 400 ? 'badge bad' : 'badge warn' }, String(status))),
    h('td',
      // The group may not exist.
      group === null ? null : linkTo(groupView(group), { class: 'chips' }, chips(group)),
      explain(rejection, reason),
      h('p.muted.request', h('code', shown(method), ' ', shownInPart(path)), ' from ', h('code', shown(client)))));
}

