// Talks to the gateway. All addresses are relative to the page's, so that any prefix, also a proxy's own, works.
import { authorization } from './credentials.js';

/** The address of the gateway as this browser sees it, with a slash at the end. */
export const gatewayUrl = new URL('./', document.baseURI);

/** A request that was not answered as asked: `status` is 0 where there was no answer at all. */
export class RequestFailed extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }

  /** Whether whoever asks may not do that; the message says what it takes. */
  get isRefusal() {
    return this.status === 401 || this.status === 403;
  }
}

// How far the gateway's clock is ahead of this one: ages are told by the clock that dated the pushes.
let clockOffset = 0;

export const serverNow = () => Date.now() / 1000 + clockOffset;

function readClock(response) {
  const date = Date.parse(response.headers.get('Date') ?? '');
  const offset = (date - Date.now()) / 1000;
  // The header has whole seconds.
  clockOffset = Math.abs(offset) > 2 ? offset : 0;
}

/** @param options `keepalive`: the request outlives the page */
async function send(method, path, options = {}) {
  let response;
  try {
    const headers = authorization() ? { Authorization: authorization() } : {};
    response = await fetch(new URL(path, gatewayUrl), { method, headers, cache: 'no-store', ...options });
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    throw new RequestFailed(0, 'The gateway does not answer.');
  }
  const text = await response.text();
  if (!response.ok) {
    throw new RequestFailed(response.status, messageOf(response, text));
  }
  if (response.headers.has('Date')) {
    readClock(response);
  }
  return { status: response.status, text };
}

function messageOf(response, text) {
  if (response.headers.get('Content-Type')?.startsWith('application/json')) {
    return JSON.parse(text).error;
  }
  return text.trim() || `${response.status} ${response.statusText}`;
}

/** The data of one of the gateway's JSON answers. */
async function json(method, path, options) {
  const { text } = await send(method, path, options);
  return JSON.parse(text).data;
}

function query(parameters) {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

export const listGroups = (parameters, signal) => json('GET', `api/v1/groups${query(parameters)}`, { signal });

/** @param path as in the push URL: metrics/job/… */
export const readGroup = (path, parameters, signal) =>
  json('GET', `api/v1/groups/${path.replace(/^metrics\//, '')}${query(parameters)}`, { signal });

export const deleteGroup = (path, options) => send('DELETE', path, options);

export const deleteGroups = (selection, isDryRun, options) =>
  json('DELETE', `api/v1/groups${query({ ...selection, dry_run: isDryRun ? 'true' : null })}`, options);

export const wipe = () => send('PUT', 'api/v1/admin/wipe');

export const readStats = (parameters = {}) => json('GET', `api/v1/stats${query(parameters)}`);

export const readCluster = () => json('GET', 'api/v1/cluster');

export const readRejections = () => json('GET', 'api/v1/rejections');

export const readStatus = () => json('GET', 'api/v1/status');

export const listJobs = (parameters, signal) => json('GET', `api/v1/jobs${query(parameters)}`, { signal });

export const complete = (parameters, signal) => json('GET', `api/v1/completions${query(parameters)}`, { signal });

/** @param isDryRun asks what the push would answer, and changes nothing */
export const push = (method, path, body, isDryRun = false, signal = undefined) =>
  send(method, `${path}${isDryRun ? '?dry_run=true' : ''}`, { body, signal });
