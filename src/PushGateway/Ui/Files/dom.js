// Builds and updates elements. Text is always set as text, so that nothing pushed can become markup.

// An element: `h('p.muted', { title }, 'text')`. Attributes are text, true, or listeners (`onclick: f`); children are nodes or
// text, also in arrays. Those that are null, undefined or false are left out.
export function h(name, ...parts) {
	const [tag, ...classes] = name.split('.');
	const element = document.createElement(tag);
	if (classes.length > 0) {
		element.className = classes.join(' ');
	}
	return fill(tag === 'button' ? fill(element, [{ type: 'button' }]) : element, parts);
}

export const svg = (name, ...parts) => fill(document.createElementNS('http://www.w3.org/2000/svg', name), parts);

const isThere = (part) => part !== null && part !== undefined && part !== false;

function fill(element, parts) {
	const [attributes, ...children] = parts[0]?.constructor === Object ? parts : [{}, ...parts];
	for (const [name, value] of Object.entries(attributes)) {
		if (name.startsWith('on')) {
			on(element, name.slice(2), value);
		} else if (isThere(value)) {
			element.setAttribute(name, value === true ? '' : value);
		}
	}
	element.append(...children.flat(2).filter(isThere));
	return element;
}

export const byId = (id) => document.getElementById(id);

// An element, or the one with this id.
const of = (element) => (typeof element === 'string' ? byId(element) : element);

export const one = (element, selector) => of(element).querySelector(selector);

export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

export const on = (element, type, listener, options) => of(element).addEventListener(type, listener, options);

export function hide(element, isHidden) {
	of(element).hidden = isHidden;
}

export const root = document.documentElement;

// Only touches the page where something differs, so that a selection in it stays.
export function setText(element, text) {
	if (of(element).textContent !== text) {
		of(element).textContent = text;
	}
}

// value: null or undefined removes it
export function setAttribute(element, name, value) {
	if (!isThere(value)) {
		of(element).removeAttribute(name);
	} else if (of(element).getAttribute(name) !== value) {
		of(element).setAttribute(name, value);
	}
}

// Fills an element again where its data have changed; where they are null, it is hidden.
export function redraw(element, data, draw) {
	const place = of(element);
	place.hidden = data === null;
	const key = JSON.stringify(data);
	if (place.dataset.shown !== key) {
		place.dataset.shown = key;
		place.replaceChildren(...(data === null ? [] : [draw(data)].flat(2).filter(isThere)));
	}
}

// Makes the children of an element those of `items`, by key: elements that are there stay and are updated in place, so
// that focus, scroll, selection and what is open stay.
export function updateKeyed(element, items, keyOf, create, update = () => {}) {
	const parent = of(element);
	const present = new Map([...parent.children].map((child) => [child.dataset.key, child]));
	const focused = parent.contains(document.activeElement) ? document.activeElement : null;
	let next = parent.firstElementChild;
	for (const item of items) {
		const key = keyOf(item);
		const child = present.get(key) ?? create(item);
		present.delete(key);
		child.dataset.key = key;
		update(child, item);
		if (child === next) {
			next = next.nextElementSibling;
		} else {
			parent.insertBefore(child, next);
		}
	}
	present.forEach((gone) => gone.remove());
	// An element that is moved loses the focus.
	if (focused && focused !== document.activeElement && parent.contains(focused)) {
		focused.focus({ preventScroll: true });
	}
}

export function debounce(milliseconds, action) {
	let timer = 0;
	return () => {
		clearTimeout(timer);
		timer = setTimeout(action, milliseconds);
	};
}

// Shows in a field what the address has, unless somebody is writing there.
export function setField(id, value) {
	if (document.activeElement !== byId(id)) {
		byId(id).value = value;
	}
}

const iconPaths = {
	groups: 'M4 6h16M4 12h16M4 18h10',
	jobs: 'M4 5h7v6H4zM13 13h7v6h-7zM8 11v5h5',
	overview: 'M4 20V11M10 20V4M16 20v-7M21 20H3',
	rejections: 'M12 4l9 16H3zM12 10v4M12 17v1',
	status: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 8v1',
	push: 'M12 20V6m-6 6 6-6 6 6',
	settings: 'M4 7h9m4 0h3M4 17h3m4 0h9M15 5v5M9 15v5',
	search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5',
	trash: 'M4 7h16M10 7V4h4v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
	filter: 'M4 5h16l-6 7v6l-4 2v-8z',
	close: 'M6 6l12 12M18 6 6 18',
	key: 'M8 12a4 4 0 1 0 0 .1zM12 12h9M18 12v4',
	external: 'M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9',
};

export const icon = (name) => svg('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' },
	svg('path', { d: iconPaths[name] }));
