// Deletions that can be undone: they are sent after ten seconds, or when the page goes.
import { deleteGroup } from './api.js';
import { byId } from './dom.js';
import { announce, offer } from './notices.js';
import { refresh } from './refresh.js';
import { plural } from './format.js';

const undoMilliseconds = 10_000;
const pending = new Set();

/** Whether the group is about to go, and should not be shown any more. */
export const isLeaving = (group) => [...pending].some(({ covers }) => covers(group));

/**
 * @param groups how many
 * @param covers whether a group is one of them
 * @param send deletes them, with the options of a request; what it gives is how many were deleted
 */
export function deleteLater({ groups, covers, send }) {
  const deletion = { covers, send };
  const end = () => {
    clearTimeout(timer);
    if (notice.contains(document.activeElement)) {
      byId('search').focus();
    }
    notice.remove();
    pending.delete(deletion);
  };
  const notice = offer(`Deleted ${plural(groups, 'group')}.`, 'Undo', () => {
    end();
    refresh();
  });
  const timer = setTimeout(async () => {
    try {
      await send({});
    } catch (error) {
      announce(`Not deleted. ${error.message}`, true);
    }
    end();
    refresh();
  }, undoMilliseconds);
  pending.add(deletion);
  refresh();
}

/** Deletes groups by their paths, one by one, so that it takes no more than the right to delete each. */
export function deletePathsLater(paths) {
  const all = new Set(paths);
  deleteLater({
    groups: all.size,
    covers: ({ path }) => all.has(path),
    send: async (options) => {
      if (options.keepalive) {
        await Promise.all([...all].map((path) => deleteGroup(path, options)));
      }
      for (const path of options.keepalive ? [] : all) {
        await deleteGroup(path, options);
      }
    },
  });
}

addEventListener('pagehide', () => {
  for (const { send } of pending) {
    // Nobody is there to read an error.
    send({ keepalive: true }).catch(() => {});
  }
  pending.clear();
});
