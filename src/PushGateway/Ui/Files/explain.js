// Why a push was rejected, in words, with links to the groups that it clashes with, and what to do.
import { h } from './dom.js';
import { groupView, labelText } from './labels.js';
import { linkTo } from './links.js';
import { shown, shownInPart, shownLines, splitHint } from './text.js';

const wordOf = { untyped: 'untyped metric', gaugehistogram: 'gauge histogram' };
const a = (type) => `a ${wordOf[type] ?? type}`.replace('a un', 'an un');

const adviceOf = {
  type: 'Push the metric with one type everywhere: change this job, or delete the other group first.',
  duplicate: 'Push each series once: two lines have the same name and labels, or another group has this series.',
  reserved: 'Give the metric another name: the gateway exposes this one itself.',
  name: 'Give one of the metrics another name: a histogram or summary owns the names with _bucket, _sum and _count.',
};

const prefix = /^pushed metrics are invalid or inconsistent with existing metrics: /;

/** The link to a group, by its labels. */
const groupLink = (labels) => linkTo(groupView(labels), {}, shown(`{${labelText(labels)}}`));

/** The rejection in one line of text. */
export function summaryOf({ kind, family, here, there, line }, reason) {
  const text = splitHint(reason)[0].split('\nclashes with ')[0].replace(prefix, '');
  if (kind === 'type' && here && there) {
    return `${family} is ${a(here)} here, but ${a(there)} elsewhere`;
  }
  if (kind === 'duplicate' && family) {
    return `${family} has a series twice`;
  }
  return line ? `Line ${line}: ${text.replace(/^.*parsing error in line \d+: /, '')}` : text;
}

/**
 * The same in full: what, what to do, and the answer to the letter, folded.
 * @param reason the gateway's answer
 */
export function explain(rejection, reason) {
  const { kind, groups = [], hint } = rejection;
  const summary = summaryOf(rejection, reason);
  const isReworded = splitHint(reason)[0].replace(prefix, '') !== summary;
  const advice = hint ? hint.split('\n').map((line) => line.replace(/^hint: /, '')).filter((line) => !line.startsWith('clashes with')).join(' ') : '';
  return h('div.explained',
    h('p.what', summary.endsWith(' elsewhere') && groups.length > 0
      ? [shown(summary.slice(0, -'elsewhere'.length)), 'in ', ...listOf(groups)] : shownInPart(summary),
    !summary.endsWith(' elsewhere') && groups.length > 0 ? [': ', ...listOf(groups)] : null),
    advice || adviceOf[kind] ? h('p.advice', shown(advice || adviceOf[kind])) : null,
    isReworded ? h('details', h('summary', 'The answer in full'), h('pre.message', { tabindex: 0 }, ...shownLines(reason))) : null);
}

const listOf = (groups) => groups.flatMap((labels, i) => (i === 0 ? [groupLink(labels)] : [', ', groupLink(labels)]));
