// Icons, drawn as lines in a square of 24.
import { svg } from './dom.js';

const paths = {
  groups: 'M4 6h16M4 12h16M4 18h10',
  jobs: 'M4 5h7v6H4zM13 13h7v6h-7zM7.500 11v5h5.500',
  overview: 'M4 20V11M10 20V4M16 20v-7M21 20H3',
  rejections: 'M12 4l9 16H3zM12 10v4M12 17v.500',
  status: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 8v.500',
  push: 'M12 20V6m-6 6 6-6 6 6',
  settings: 'M4 7h9m4 0h3M4 17h3m4 0h9M15 4.500v5M9 14.500v5',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5',
  trash: 'M4 7h16M10 7V4h4v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  filter: 'M4 5h16l-6 7v6l-4 2v-8z',
  close: 'M6 6l12 12M18 6 6 18',
  key: 'M8 12a4 4 0 1 0 0 .100zM12 12h9M18 12v4',
  external: 'M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9',
};

export const icon = (name) => svg('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' },
  svg('path', { d: paths[name] }));

/** Puts icons before what asks for one with `data-icon`. */
export const startIcons = () => document.querySelectorAll('[data-icon]').forEach(
  (element) => element.prepend(icon(element.dataset.icon)));
