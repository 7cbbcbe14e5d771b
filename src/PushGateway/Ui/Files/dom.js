// Builds and updates elements. Text is always set as text, so that nothing pushed can become markup.

const svgNamespace = 'http://www.w3.org/2000/svg';

/**
 * An element: `h('p.muted', { title }, 'text')`. Attributes, which may be left out, are text, true, null or listeners
 * (`onclick: f`); children are nodes or text, also in arrays; null is left out.
 */
export function h(name, ...parts) {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length > 0) {
    element.className = classes.join(' ');
  }
  return fill(tag === 'button' ? fill(element, [{ type: 'button' }]) : element, parts);
}

/** The same for SVG. */
export const svg = (name, ...parts) => fill(document.createElementNS(svgNamespace, name), parts);

function fill(element, parts) {
  const [attributes, ...children] = parts[0]?.constructor === Object ? parts : [{}, ...parts];
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

export const root = document.documentElement;

/** Only touches the page where something differs, so that a selection in it stays. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

export function setAttribute(element, name, value) {
  if (value === null) {
    element.removeAttribute(name);
  } else if (element.getAttribute(name) !== value) {
    element.setAttribute(name, value);
  }
}

/**
 * Makes the children of `parent` those of `items`, by key: elements that are there are kept and updated in place, so
 * that focus, scroll, selection and what is open stay.
 */
export function updateKeyed(parent, items, keyOf, create, update) {
  const present = new Map();
  for (const child of [...parent.children]) {
    present.set(child.dataset.key, child);
  }
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  let next = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let child = present.get(key);
    if (child) {
      present.delete(key);
    } else {
      child = create(item);
      child.dataset.key = key;
    }
    update(child, item);
    if (child === next) {
      next = next.nextElementSibling;
    } else {
      parent.insertBefore(child, next);
    }
  }
  for (const gone of present.values()) {
    gone.remove();
  }
  // An element that is moved loses the focus.
  if (focused && focused !== document.activeElement && parent.contains(focused)) {
    focused.focus({ preventScroll: true });
  }
}

/** Calls `action` once `milliseconds` have passed without another call. */
export function debounce(milliseconds, action) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };
}
