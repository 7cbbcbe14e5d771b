// Reads what is typed into the search; writes selectors, paths of pushes, shell commands and programs, to be copied.
import { announce } from './dialogs.js';
import { h, on, setAttribute, setText } from './dom.js';
import { gatewayUrl } from './gateway.js';

const nameStart = /[\p{L}_:][\p{L}\p{N}_:.-]*/uy;
const matcherStart = /([\p{L}_:][\p{L}\p{N}_:.-]*|"(?:[^"\\]|\\.)+")\s*(=~|!~|!=|=)\s*/uy;
const quoted = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/sy;

// Returns `search` (words), `match` (one selector; '' for none), and whether more has to be typed before it means something.
// What is not understood goes to the gateway as it is, whose answer says what is wrong with it.
export function parse(text) {
	const state = { text: text.trim(), at: 0, words: [], names: [], matchers: [], isOpen: false, isRaw: false };
	while (state.at < state.text.length && !state.isRaw) {
		readPart(state);
	}
	const { words, names, matchers, isOpen } = state;
	if (state.isRaw || names.length > 1) {
		return { search: '', match: state.text, isOpen };
	}
	const match = names.length + matchers.length === 0 ? '' : `${names[0] ?? ''}{${matchers.join(',')}}`;
	return { search: words.join(' '), match, isOpen };
}

function take(state, pattern) {
	pattern.lastIndex = state.at;
	const found = pattern.exec(state.text);
	state.at += found?.[0].length ?? 0;
	return found;
}

function readPart(state) {
	take(state, /[\s,]+/y);
	const start = state.at;
	const name = take(state, nameStart);
	if (take(state, /\{/y)) {
		state.names.push(...(name ?? []));
		readBraces(state);
		return;
	}
	state.at = start;
	if (!readMatcher(state)) {
		state.words.push(...(take(state, /[^\s,]+/y) ?? []));
	}
}

function readBraces(state) {
	while (!state.isRaw) {
		take(state, /[\s,]+/y);
		if (take(state, /\}/y)) {
			return;
		}
		if (state.at >= state.text.length) {
			state.isOpen = state.isRaw = true;
		} else if (!readMatcher(state)) {
			// The metric's name in quotes, or a fault.
			const name = take(state, quoted);
			state.matchers.push(...(name ?? []));
			state.isRaw = name === null;
		}
	}
}

// name="value", or name=value; false if there is none.
function readMatcher(state) {
	const start = take(state, matcherStart);
	if (!start) {
		return false;
	}
	const value = take(state, quoted)?.[0] ?? take(state, /[^\s,{}"'`]+/y)?.map(promQuote)[0];
	if (value === undefined) {
		state.isOpen = state.isRaw = true;
		state.at = state.text.length;
	} else {
		state.matchers.push(`${start[1]}${start[2]}${value}`);
	}
	return true;
}

export function withMatcher(text, name, value) {
	const matcher = `${promName(name)}=${promQuote(value)}`;
	const added = promName(name) === name ? matcher : `{${matcher}}`;
	return text.includes(added) ? text : `${text.trim()} ${added}`.trim();
}

export const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

const base64Url = (text) => base64(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

const fromBase64 = (text) => new TextDecoder().decode(Uint8Array.from(
	atob(text.replaceAll('-', '+').replaceAll('_', '/').replaceAll('=', '')), (character) => character.charCodeAt(0)));

// The path of the push URL of a group: metrics/job/…. Labels are pairs of name and value, job among them.
export function pushPath(labels) {
	const job = labels.find(([name]) => name === 'job') ?? ['job', ''];
	return ['metrics', ...[job, ...labels.filter((label) => label !== job)].flatMap(pathSegments)].join('/');
}

// What a path cannot hold, or what would mean something else in it, is written in base64.
function pathSegments([name, value]) {
	const isPlain = value !== '' && !/[/\u0000-\u001f\u007f]/.test(value) && !/^\.\.?$/.test(value);
	return isPlain ? [encodeURIComponent(name), encodeURIComponent(value)]
		: [`${encodeURIComponent(name)}@base64`, base64Url(value) || '='];
}

// The other way round: pairs of name and value.
export function labelsOfPath(path) {
	const parts = path.replace(/^metrics\//, '').split('/').filter((part) => part !== '').map(decodeURIComponent);
	return parts.flatMap((part, i) => (i % 2 === 1 ? [] : [part.endsWith('@base64')
		? [part.slice(0, -'@base64'.length), fromBase64(parts[i + 1] ?? '')] : [part, parts[i + 1] ?? '']]));
}

export const promQuote = (text) => `"${text.replace(/["\\\u0000-\u001f\u007f]/g, (character) => (
	character === '\n' ? '\\n' : character === '"' || character === '\\' ? `\\${character}`
		: `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`))}"`;

// Names that Prometheus did not know from the start are quoted.
const promName = (name) => (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : promQuote(name));

// A PromQL selector for series with these labels (an object), of one metric where its name is given.
export function selector(labels, metricName = '') {
	const isPlainName = /^([a-zA-Z_:][a-zA-Z0-9_:]*)?$/.test(metricName);
	const matchers = Object.entries(labels).map(([name, value]) => `${promName(name)}=${promQuote(value)}`);
	return isPlainName ? `${metricName}{${matchers.join(',')}}` : `{${[promQuote(metricName), ...matchers].join(',')}}`;
}

const addressOfPath = (path) => new URL(path, gatewayUrl).href;

// In single quotes, which a shell takes to the letter; plain words stay as they are.
const shellQuote = (text) => (/^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

export const curlDelete = (path) => `curl -X DELETE ${shellQuote(addressOfPath(path))}`;

export const curlPush = (path) => `echo 'some_metric 3.14' | curl --data-binary @- ${shellQuote(addressOfPath(path))}`;

// A push of this very text, in a here-document, whose last line occurs nowhere in it.
function curlPushBody(method, path, body) {
	let end = 'END';
	while (body.split('\n').includes(end)) {
		end += '_';
	}
	const verb = method === 'POST' ? '' : `-X ${method} `;
	return `curl ${verb}--data-binary @- ${shellQuote(addressOfPath(path))} <<'${end}'\n${body}${body.endsWith('\n') ? '' : '\n'}${end}`;
}

const literal = (text) => JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

const linesOf = (body, join) => body.split(/(?<=\n)/).map(literal).join(join);

const languages = {
	curl: (method, path, body) => (method === 'DELETE' ? curlDelete(path) : curlPushBody(method, path, body)),
	Python: (method, path, body) => `import urllib.request

body = (${linesOf(body, '\n        ')})
request = urllib.request.Request(
    ${literal(addressOfPath(path))}, body.encode(), method="${method}")
urllib.request.urlopen(request)
`,
	Go: (method, path, body) => `body := ${linesOf(body, ' +\n\t')}
request, err := http.NewRequest("${method}", ${literal(addressOfPath(path))}, strings.NewReader(body))
if err != nil {
	log.Fatal(err)
}
response, err := http.DefaultClient.Do(request)
if err != nil {
	log.Fatal(err)
}
defer response.Body.Close()
if response.StatusCode >= 300 {
	log.Fatal(response.Status)
}
`,
	Java: (method, path, body) => `String body = ${linesOf(body, '\n    + ')};
HttpRequest request = HttpRequest.newBuilder(URI.create(${literal(addressOfPath(path))}))
    .method("${method}", HttpRequest.BodyPublishers.ofString(body)).build();
HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
if (response.statusCode() >= 300) {
  throw new IOException(response.body());
}
`,
	Prometheus: () => `scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    static_configs:
      - targets: [${literal(gatewayUrl.host)}]
`,
};

// Tabs of snippets. `pushOf` gives method, path and body; `show` shows them again.
export function languageTabs(names, pushOf) {
	let chosen = names[0];
	const text = () => languages[chosen](...pushOf());
	const code = h('code');
	const buttons = names.map((name) => h('button', { onclick: () => choose(name) }, name));
	const show = () => setText(code, text());
	const choose = (name) => {
		chosen = name;
		buttons.forEach((button) => setAttribute(button, 'aria-pressed', String(button.textContent === name)));
		show();
	};
	choose(chosen);
	const element = h('div.languages',
		h('div.segments', { role: 'group', 'aria-label': 'Language' }, buttons),
		h('div.snippet', h('pre', { tabindex: 0, 'aria-label': 'Snippet' }, code), copyButton('Copy', text)));
	return { element, show };
}

// Copies what `textOf` gives then, exactly as it is: control characters, line ends and all.
export function copyButton(label, textOf, title = null) {
	const button = h('button.copy', { title, onclick: () => {
		if (!copy(textOf())) {
			announce('This browser does not let the page copy.', true);
			return;
		}
		button.classList.add('done');
		setTimeout(() => button.classList.remove('done'), 1500);
		announce('Copied.');
	} }, label);
	return button;
}

// Not by navigator.clipboard, which only pages of https and localhost have.
function copy(text) {
	const put = new AbortController();
	on(document, 'copy', (event) => {
		event.clipboardData.setData('text/plain', text);
		event.preventDefault();
	}, put);
	const isCopied = document.execCommand('copy');
	put.abort();
	return isCopied;
}
