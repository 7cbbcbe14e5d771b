// Dialogs, above everything else until they are closed. The focus goes back to where it was.
import { h, root } from './dom.js';

/**
 * Shows a dialog and, if it is confirmed, does what it is about. The action's error is shown in it.
 * @param action what the button does; null for a dialog that only says something
 * @param word has to be typed before the button works, if given
 * @param form the id of a form in the body, which the button submits
 */
export function showDialog({ title, body, confirm, action = null, word = null, form = null, isDangerous = true }) {
  const error = h('p.error', { role: 'alert', hidden: true });
  const go = action && h('button', {
    type: form ? 'submit' : 'button', form, class: isDangerous ? 'danger full' : 'primary', disabled: word !== null,
  }, confirm);
  const cancel = h('button', { onclick: () => dialog.close() }, action ? 'Cancel' : 'Close');
  const typed = word && h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', autofocus: true });
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' },
    h('h2', { id: 'dialog-title' }, title), body, word && h('label.field', `Type “${word}” to go on: `, typed),
    error, h('div.buttons', cancel, go));
  const act = async (event) => {
    event.preventDefault();
    go.disabled = true;
    try {
      await action();
      dialog.close();
    } catch (failure) {
      error.textContent = failure.message;
      error.hidden = false;
      go.disabled = false;
    }
  };
  typed?.addEventListener('input', () => {
    go.disabled = typed.value !== word;
  });
  dialog.addEventListener('close', () => close(dialog));
  open(dialog);
  if (form) {
    dialog.querySelector('form').addEventListener('submit', act);
  } else {
    go?.addEventListener('click', act);
    if (!word) {
      cancel.focus();
    }
  }
  return dialog;
}

function open(dialog) {
  dialog.returnTo = document.activeElement;
  // Without its scrollbar, the page would move aside, and with it, a strip would not be dimmed.
  root.style.setProperty('--scrollbar', `${innerWidth - root.clientWidth}px`);
  document.body.append(dialog);
  dialog.showModal();
}

function close(dialog) {
  dialog.remove();
  if (dialog.returnTo?.isConnected) {
    dialog.returnTo.focus({ preventScroll: true });
  }
}
