// Explanations on hover, focus and tap: of an element with `data-tip`, and the exact time of an age.
import { byId, h, setText } from './dom.js';
import { exactTime } from './format.js';

let shownFor = null;

const timeOf = (element) => (element.dataset.at === '0' ? 'never' : exactTime(Number(element.dataset.at)));

const textOf = (element) => element.dataset.tip ?? timeOf(element);

function show(element) {
  hide();
  shownFor = element;
  const tip = byId('tip');
  setText(tip, textOf(element));
  tip.hidden = false;
  element.setAttribute('aria-describedby', 'tip');
  const place = element.getBoundingClientRect();
  const isBelow = place.bottom + tip.offsetHeight + 12 < innerHeight;
  const left = Math.min(place.left, innerWidth - tip.offsetWidth - 8);
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${isBelow ? place.bottom + 6 : place.top - tip.offsetHeight - 6}px`;
}

function hide() {
  shownFor?.removeAttribute('aria-describedby');
  shownFor = null;
  byId('tip').hidden = true;
}

const owner = (target) => target.closest?.('[data-tip], time[data-at]') ?? null;

/** A row that has the focus says when it was pushed to. */
const focusOwner = (target) => owner(target) ?? (target.matches('.row-link') ? target.closest('tr').querySelector('.when time') : null);

export function startTips() {
  for (const element of document.querySelectorAll('[data-info]')) {
    element.append(' ', h('button.info', { 'data-tip': element.dataset.info, 'aria-label': `About ${element.textContent}` }, 'i'));
  }
  const showOrHide = (element) => (element === null ? hide() : element !== shownFor && show(element));
  document.addEventListener('pointerover', (event) => event.pointerType === 'mouse' && showOrHide(owner(event.target)));
  document.addEventListener('focusin', (event) => showOrHide(event.target.matches(':focus-visible') ? focusOwner(event.target) : null));
  document.addEventListener('click', (event) => showOrHide(owner(event.target)));
  document.addEventListener('scroll', hide, { passive: true, capture: true });
  document.addEventListener('keydown', (event) => event.key === 'Escape' && hide(), { capture: true });
}
