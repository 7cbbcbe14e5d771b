// The filter within a group of many families or series.
import { byId, debounce, setText } from './dom.js';
import { count } from './format.js';
import { navigate, onNavigate, view } from './router.js';

const manyFamilies = 8;
const manySeries = 20;

/**
 * Shows only families that have the text in their name or help, and of others only the samples that have it.
 * @param families how many there are, if that may have changed
 */
export function showFound(families = null, series = 0) {
  const box = byId('find-box');
  if (families !== null) {
    box.hidden = families < manyFamilies && series < manySeries && view.find === '';
  }
  if (byId('find').value !== view.find && document.activeElement !== byId('find')) {
    byId('find').value = view.find;
  }
  const words = view.find.toLowerCase().split(/\s+/).filter(Boolean);
  const textOf = (element) => [...element.children].map((part) => part.textContent).join(' ').toLowerCase();
  const has = (element) => words.every((word) => textOf(element).includes(word));
  let shown = 0;
  for (const family of byId('families').children) {
    const isNamed = has(family.querySelector('summary'));
    let rows = 0;
    for (const row of family.querySelectorAll('.numbers tbody tr, .distribution')) {
      row.hidden = !isNamed && !has(row);
      rows += row.hidden ? 0 : 1;
    }
    family.hidden = !isNamed && rows === 0;
    shown += family.hidden ? 0 : 1;
  }
  setText(byId('find-count'), words.length === 0 ? '' : `${count(shown)} of ${count(byId('families').childElementCount)} metrics`);
}

export function startFind() {
  byId('find').addEventListener('input', debounce(120, () => navigate({ find: byId('find').value }, { replace: true })));
  onNavigate(() => view.tab === 'groups' && showFound());
}
