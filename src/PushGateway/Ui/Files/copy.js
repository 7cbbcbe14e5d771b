// Copies text exactly as it is: control characters, line ends and all.
import { h } from './dom.js';
import { announce } from './notices.js';

/** A button that copies what `textOf` gives when it is pressed. */
export function copyButton(label, textOf, title = null) {
  const button = h('button', { class: 'copy', title }, label);
  button.addEventListener('click', async () => {
    if (await copy(textOf())) {
      button.classList.add('done');
      setTimeout(() => button.classList.remove('done'), 1500);
      announce('Copied.');
    } else {
      announce('This browser does not let the page copy.', true);
    }
  });
  return button;
}

async function copy(text) {
  // Browsers have a clipboard for pages of https and localhost only, and gateways are often neither.
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (error) {
      console.info('copying the old way:', error.message);
    }
  }
  return copyByEvent(text);
}

function copyByEvent(text) {
  const put = (event) => {
    event.clipboardData.setData('text/plain', text);
    event.preventDefault();
  };
  document.addEventListener('copy', put, { once: true });
  const isCopied = document.execCommand('copy');
  document.removeEventListener('copy', put);
  return isCopied;
}
