// Asks before anything is deleted.
import { h } from './dom.js';

/**
 * Shows a dialog and, if it is confirmed, does what it is about. The action's error is shown in it.
 * @param action what the button does; null for a dialog that only tells something
 * @param word has to be typed before the button works, if given
 */
export function askBefore({ title, body, confirm, action, word = null }) {
  const error = h('p', { class: 'error', role: 'alert', hidden: true });
  const go = action && h('button', { type: 'button', class: 'danger', disabled: word !== null }, confirm);
  const cancel = h('button', { type: 'button', onclick: () => dialog.close() }, action ? 'Cancel' : 'Close');
  const typed = word && h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', autofocus: true });
  const heading = h('h2', { id: 'dialog-title' }, title);
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' },
    heading, body, word && h('label', { class: 'typed' }, `Type “${word}” to go on: `, typed), error,
    h('div', { class: 'buttons' }, cancel, go));

  typed?.addEventListener('input', () => {
    go.disabled = typed.value !== word;
  });
  go?.addEventListener('click', async () => {
    go.disabled = true;
    try {
      await action();
      dialog.close();
    } catch (failure) {
      error.textContent = failure.message;
      error.hidden = false;
      go.disabled = false;
    }
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  if (!word) {
    cancel.focus();
  }
  return dialog;
}
