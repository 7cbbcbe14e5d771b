// What appears above the page: dialogs, short messages, explanations.
import { all, byId, h, hide, on, one, root, setText } from './dom.js';
import { exactTime } from './format.js';

// A dialog. The action's error is shown in it. Closed, the focus goes back to where it was.
// action: what the button does; null for a dialog that only says something
// word: has to be typed before the button works, if given
// form: the id of a form in the body, which the button submits
export function showDialog({ title, body, confirm, action = null, word = null, form = null, isDangerous = true }) {
	const error = h('p.error', { role: 'alert', hidden: true });
	const act = async (event) => {
		event.preventDefault();
		go.disabled = true;
		try {
			await action();
			dialog.close();
		} catch (failure) {
			setText(error, failure.message);
			error.hidden = go.disabled = false;
		}
	};
	const go = action && h('button', {
		type: form ? 'submit' : 'button', form, class: isDangerous ? 'danger full' : 'primary', disabled: word !== null,
		onclick: (event) => form === null && act(event),
	}, confirm);
	const cancel = h('button', { onclick: () => dialog.close() }, action ? 'Cancel' : 'Close');
	const typed = word && h('input', { autocomplete: 'off', spellcheck: 'false', autofocus: true, type: 'text', oninput: () => {
		go.disabled = typed.value !== word;
	} });
	const returnTo = document.activeElement;
	const dialog = h('dialog', {
		'aria-labelledby': 'dialog-title',
		onsubmit: act,
		onclose: () => {
			dialog.remove();
			if (returnTo.isConnected) {
				returnTo.focus({ preventScroll: true });
			}
		},
	}, h('h2', { id: 'dialog-title' }, title), body, word && h('label.field', `Type “${word}” to go on: `, typed),
	error, h('div.buttons', cancel, go));
	// Without its scrollbar, the page would move aside, and a strip would not be dimmed.
	root.style.setProperty('--scrollbar', `${innerWidth - root.clientWidth}px`);
	document.body.append(dialog);
	dialog.showModal();
	if (!form && !word) {
		cancel.focus();
	}
	return dialog;
}

export function announce(text, isError = false) {
	const notice = h(isError ? 'p.notice.bad' : 'p.notice', text);
	byId('notices').append(notice);
	setTimeout(() => notice.remove(), isError ? 10_000 : 5000);
}

export function offer(text, action, onclick) {
	const notice = h('p.notice.offer', h('span', text), h('button', { onclick }, action));
	byId('notices').append(notice);
	return notice;
}

let explained = null;

function showTip(element) {
	hideTip();
	explained = element;
	const tip = byId('tip');
	const { tip: text, at } = element.dataset;
	setText(tip, text ?? (at === '0' ? 'never' : exactTime(Number(at))));
	tip.hidden = false;
	element.setAttribute('aria-describedby', 'tip');
	const place = element.getBoundingClientRect();
	const isBelow = place.bottom + tip.offsetHeight + 12 < innerHeight;
	tip.style.left = `${Math.max(8, Math.min(place.left, innerWidth - tip.offsetWidth - 8))}px`;
	tip.style.top = `${isBelow ? place.bottom + 6 : place.top - tip.offsetHeight - 6}px`;
}

function hideTip() {
	explained?.removeAttribute('aria-describedby');
	explained = null;
	hide('tip', true);
}

const tipOwner = (target) => target.closest?.('[data-tip], time[data-at]') ?? null;

// A row that has the focus explains when it was pushed to.
const focusOwner = (target) => tipOwner(target)
	?? (target.matches('.row-link') ? one(target.closest('tr, li'), '.when time') : null);

export function startTips() {
	for (const element of all('[data-info]')) {
		element.append(' ', h('button.info', { 'data-tip': element.dataset.info, 'aria-label': `About ${element.textContent}` }, 'i'));
	}
	const show = (element) => (element === null ? hideTip() : element !== explained && showTip(element));
	on(document, 'pointerover', (event) => event.pointerType === 'mouse' && show(tipOwner(event.target)));
	on(document, 'focusin', ({ target }) => show(target.matches(':focus-visible') ? focusOwner(target) : null));
	on(document, 'click', ({ target }) => show(tipOwner(target)));
	on(document, 'scroll', hideTip, { passive: true, capture: true });
	on(document, 'keydown', ({ key }) => key === 'Escape' && hideTip(), { capture: true });
}
