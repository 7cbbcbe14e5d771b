// Page numbers, Previous and Next, and how many rows a page has.
import { h } from './dom.js';
import { count } from './format.js';
import { linkTo } from './links.js';
import { navigate, pageSizes, view } from './router.js';

/** The first and last pages, those around this one, and gaps (0) between. */
function shownPages(page, last) {
  const pages = [...new Set([1, page - 2, page - 1, page, page + 1, page + 2, last])].filter((one) => one >= 1 && one <= last);
  return pages.flatMap((one, i) => (i > 0 && one > pages[i - 1] + 1 ? [0, one] : [one]));
}

const label = { previous: '← Previous', next: 'Next →' };

function link(text, page, attributes = {}) {
  const element = linkTo({ page }, attributes, text);
  element.addEventListener('click', () => scrollTo({ top: 0 }));
  return element;
}

/** Shows a page of `all` rows in an element. Of pages behind the last one, goes to the last. */
export function showPager(element, all) {
  const last = Math.max(1, Math.ceil(all / view.size));
  if (view.page > last) {
    navigate({ page: last }, { replace: true });
    return;
  }
  element.hidden = all <= pageSizes[0];
  const key = `${all} ${view.page} ${view.size} ${location.search}`;
  if (element.dataset.shown === key) {
    return;
  }
  element.dataset.shown = key;
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.at : undefined;
  const size = h('select', pageSizes.map((one) => h('option', { value: one, selected: one === view.size }, String(one))));
  size.addEventListener('change', () => navigate({ size: Number(size.value), page: 1 }));
  const first = (view.page - 1) * view.size;
  const step = (name, page) => (page < 1 || page > last ? null : link(label[name], page, { rel: name, 'data-at': name }));
  element.replaceChildren(...[
    h('span.pager-text', `${count(first + 1)}–${count(Math.min(all, first + view.size))} of ${count(all)}`),
    step('previous', view.page - 1),
    ...(last === 1 ? [] : shownPages(view.page, last).map((page) => (page === 0 ? h('span', '…')
      : link(count(page), page, { 'aria-current': page === view.page ? 'page' : null, 'aria-label': `Page ${page}`, 'data-at': page })))),
    step('next', view.page + 1),
    h('label', size, ' a page')].filter(Boolean));
  if (focused) {
    (element.querySelector(`[data-at="${focused}"]`) ?? element.querySelector('[aria-current]') ?? size).focus();
  }
}

/** Where the keys go; whether there is such a page. */
export function turn(element, step) {
  const target = element.hidden ? null : element.querySelector(`[rel=${step < 0 ? 'previous' : 'next'}]`);
  target?.click();
  return target !== null;
}
