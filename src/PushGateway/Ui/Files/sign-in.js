// Asks for a user and a password, or for a token.
import { readStatus } from './api.js';
import { authorization, basic, bearer, setAuthorization } from './credentials.js';
import { showDialog } from './dialogs.js';
import { h } from './dom.js';
import { refresh } from './refresh.js';

const field = (name, label, type, autocomplete) => h('label.field', h('span', label),
  h('input', { name, type, autocomplete, spellcheck: 'false' }));

/** Opens the dialog. What was given before goes if it is left empty. */
export function askToSignIn() {
  const form = h('form', { id: 'sign-in' },
    field('user', 'User', 'text', 'username'), field('password', 'Password', 'password', 'current-password'),
    h('p.or', 'or'), field('token', 'Bearer token', 'password', 'off'),
    h('p.muted', 'Only this tab has it, until you close it.'));
  const before = authorization();
  showDialog({
    title: 'Sign in',
    body: form,
    confirm: 'Sign in',
    form: 'sign-in',
    isDangerous: false,
    action: async () => {
      const { user, password, token } = Object.fromEntries(new FormData(form));
      setAuthorization(token ? bearer(token.trim()) : user || password ? basic(user, password) : null);
      try {
        await readStatus();
      } catch (error) {
        setAuthorization(before);
        throw error;
      }
      refresh();
    },
  });
}
