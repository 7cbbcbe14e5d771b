// Links within the page.
import { h } from './dom.js';
import { addressOf, followLink } from './router.js';

/**
 * @param target a view, or what gives one when the link is followed
 * @param attributes with the address, if it is another than the target's
 */
export const linkTo = (target, attributes, ...children) => h('a', {
  href: addressOf(typeof target === 'function' ? target() : target),
  onclick: (event) => followLink(event, typeof target === 'function' ? target() : target),
  ...attributes,
}, ...children);
