// The groups that are picked with their checkboxes, by path.
import { byId } from './dom.js';

const picked = new Set();
const listeners = [];

export const isPicked = (path) => picked.has(path);

export const pickedPaths = () => [...picked];

export function pick(paths, isOn) {
  for (const path of paths) {
    picked[isOn ? 'add' : 'delete'](path);
  }
  listeners.forEach((listener) => listener());
}

export const onPick = (listener) => listeners.push(listener);

/** The box above the rows: whether all, some or none of them are picked. */
export function showPickAll(paths) {
  const box = byId('pick-all');
  const on = paths.filter(isPicked).length;
  box.checked = on > 0 && on === paths.length;
  box.indeterminate = on > 0 && on < paths.length;
}
