// Text to be copied into other tools, quoted for them: paths of pushes, PromQL selectors, shell commands.
import { gatewayUrl } from './api.js';
import { base64 } from './credentials.js';

/** In single quotes, which a shell takes to the letter; plain words stay as they are. */
const shellQuote = (text) =>
  /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The path of the push URL of a group: metrics/job/…. Labels are pairs of name and value, job among them. */
export function pushPath(labels) {
  const job = labels.find(([name]) => name === 'job') ?? ['job', ''];
  return ['metrics', ...[job, ...labels.filter((label) => label !== job)].flatMap(pathSegments)].join('/');
}

/** What a path cannot hold, or what would be taken for something else in it, is written in base64. */
function pathSegments([name, value]) {
  const isPlain = value !== '' && !/[/\u0000-\u001f\u007f]/.test(value) && !/^\.\.?$/.test(value);
  return isPlain
    ? [encodeURIComponent(name), encodeURIComponent(value)]
    : [`${encodeURIComponent(name)}@base64`, base64Url(value) || '='];
}

/** The other way round: pairs of name and value. */
export function labelsOfPath(path) {
  const parts = path.replace(/^metrics\//, '').split('/').filter((part) => part !== '').map(decodeURIComponent);
  return parts.flatMap((part, i) => (i % 2 === 1 ? [] : [part.endsWith('@base64')
    ? [part.slice(0, -'@base64'.length), fromBase64(parts[i + 1] ?? '')] : [part, parts[i + 1] ?? '']]));
}

const fromBase64 = (text) => new TextDecoder().decode(Uint8Array.from(
  atob(text.replaceAll('-', '+').replaceAll('_', '/').replaceAll('=', '')), (character) => character.charCodeAt(0)));

const base64Url = (text) => base64(text)
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** In double quotes, for PromQL. */
export const promQuote = (text) => `"${text.replace(/["\\\u0000-\u001f\u007f]/g, (character) => (
  character === '\n' ? '\\n' : character === '"' || character === '\\' ? `\\${character}`
    : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`))}"`;

/** Names that Prometheus did not know from the start are quoted. */
export const promName = (name) => (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : promQuote(name));

/** A PromQL selector for series with these labels (an object), of one metric where its name is given. */
export function selector(labels, metricName = null) {
  const isPlainName = metricName !== null && /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metricName);
  const matchers = Object.entries(labels)
    .map(([name, value]) => `${promName(name)}=${promQuote(value)}`);
  const within = metricName !== null && !isPlainName ? [promQuote(metricName), ...matchers] : matchers;
  return `${isPlainName ? metricName : ''}{${within.join(',')}}`;
}

export const addressOfPath = (path) => new URL(path, gatewayUrl).href;

const absolute = (path) => shellQuote(addressOfPath(path));

export const curlDelete = (path) => `curl -X DELETE ${absolute(path)}`;

export const curlPush = (path) => `echo 'some_metric 3.14' | curl --data-binary @- ${absolute(path)}`;

/** A push of this very text, in a here-document, whose last line occurs nowhere in it. */
export function curlPushBody(method, path, body) {
  let end = 'END';
  while (body.split('\n').includes(end)) {
    end += '_';
  }
  const verb = method === 'POST' ? '' : `-X ${method} `;
  return `curl ${verb}--data-binary @- ${absolute(path)} <<'${end}'\n${body}${body.endsWith('\n') ? '' : '\n'}${end}`;
}
