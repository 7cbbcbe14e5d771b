// The jobs: how many groups each has, and which are late or failing.
import { listJobs } from './api.js';
import { byId, debounce, h, setText, updateKeyed } from './dom.js';
import { age, count, plural, setAge } from './format.js';
import { showPager } from './pager.js';
import { parse } from './query.js';
import { linkTo } from './links.js';
import { listWith, navigate, onNavigate, view } from './router.js';
import { refresh } from './refresh.js';
import { selector } from './snippets.js';
import { shown } from './text.js';

const states = { failing: ['failed', 'bad'], late: ['late', 'bad'], expiring: ['expiring', 'warn'] };
let asked = '';

export async function refreshJobs() {
  const { search, match } = parse(view.q);
  const { total, matched = total, jobs } = await listJobs({
    'match[]': match, search, limit: view.size, offset: (view.page - 1) * view.size,
  });
  const all = matched.jobs ?? matched;
  setText(byId('jobs-total'), all === 0 ? 'No job.' : `${plural(all, 'job')}. Late and failing ones come first.`);
  byId('jobs-table').hidden = jobs.length === 0;
  updateKeyed(byId('jobs-rows'), jobs, ({ job }) => job, createRow, updateRow);
  showPager(byId('jobs-pager'), all);
  byId('jobs').classList.remove('asking');
}

const groupsOf = (job, changes = {}) => listWith({ q: selector({ job }).slice(1, -1), ...changes });

const createRow = ({ job }) => h('tr',
  h('th', { scope: 'row' }, linkTo(groupsOf(job), { class: 'row-link' }, job === '' ? h('i', 'empty') : shown(job))),
  h('td', Object.entries(states).map(([name, [state, kind]]) => linkTo(groupsOf(job, { state }), { class: `badge ${kind} ${name}` }))),
  h('td.number.groups'), h('td.number.series'), h('td.when', age(0)), h('td.when', age(0)));

function updateRow(row, job) {
  for (const name of Object.keys(states)) {
    row.querySelector(`.${name}`).hidden = !job[name];
    setText(row.querySelector(`.${name}`), `${count(job[name] ?? 0)} ${name}`);
  }
  setText(row.querySelector('.groups'), count(job.groups));
  setText(row.querySelector('.series'), count(job.series));
  const [last, oldest] = row.querySelectorAll('.when time');
  setAge(last, job.last_push);
  setAge(oldest, job.oldest_push);
}

function showView() {
  const wanted = `${view.q} ${view.page} ${view.size}`;
  if (view.tab !== 'jobs') {
    return;
  }
  if (document.activeElement !== byId('jobs-search')) {
    byId('jobs-search').value = view.q;
  }
  if (wanted !== asked) {
    asked = wanted;
    byId('jobs').classList.add('asking');
    refresh();
  }
}

export function startJobs() {
  byId('jobs-search').addEventListener('input', debounce(300, () => {
    if (!parse(byId('jobs-search').value).isOpen) {
      navigate({ q: byId('jobs-search').value, page: 1 }, { replace: true });
    }
  }));
  onNavigate(showView);
  showView();
}
