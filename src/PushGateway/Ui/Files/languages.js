// A push of a text in several languages, for their standard libraries, to be pasted into scripts.
import { copyButton } from './copy.js';
import { h, setAttribute } from './dom.js';
import { addressOfPath, curlDelete, curlPushBody } from './snippets.js';

/** A literal of Python, Go and Java. */
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
      - targets: [${literal(new URL(addressOfPath('')).host)}]
`,
};

/**
 * Tabs of languages with the snippet of the chosen one, and a button that copies it.
 * @param names the languages; @param pushOf gives method, path and body
 * @returns the element and a function that shows it again
 */
export function languageTabs(names, pushOf) {
  let chosen = names[0];
  const text = () => languages[chosen](...pushOf());
  const code = h('code');
  const buttons = names.map((name) => h('button', { onclick: () => choose(name) }, name));
  const show = () => {
    code.textContent = text();
  };
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
