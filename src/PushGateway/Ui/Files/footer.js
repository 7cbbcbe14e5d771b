// Ways out of the page: the scrape, the API, what runs here.
import { gatewayUrl, readStatus, RequestFailed } from './api.js';
import { byId, setAttribute, setText } from './dom.js';

let isShown = false;

export async function showFooter() {
  if (isShown) {
    return;
  }
  try {
    const { build_information: build, flags } = await readStatus();
    isShown = true;
    setText(byId('version'), `${build.version} (${build.revision.slice(0, 10)})`);
    setAttribute(byId('scrape-link'), 'href', new URL(`.${flags['web.telemetry-path'] ?? '/metrics'}`, gatewayUrl).href);
  } catch (error) {
    if (!(error instanceof RequestFailed)) {
      throw error;
    }
  }
}
