// Pushes a registry of OpenMetrics with exemplars: openmetrics.js ADDRESS fetch|push.
const client = require('prom-client');

const [address, operation] = process.argv.slice(2);
const registry = new client.Registry();
registry.setContentType(client.Registry.OPENMETRICS_CONTENT_TYPE);
client.collectDefaultMetrics({ register: registry });
new client.Counter({
  name: 'rows', help: 'Rows "read".', labelNames: ['table'], enableExemplars: true, registers: [registry],
}).inc({ labels: { table: 'a"b' }, value: 3, exemplarLabels: { traceId: '4bf9' } });
new client.Histogram({
  name: 'wait_seconds', help: 'Waits.', buckets: [0.1, 1], labelNames: ['step'], enableExemplars: true, registers: [registry],
}).observe({ labels: { step: 'c\\d' }, value: 0.5, exemplarLabels: { traceId: '51ab' } });

async function fetchPut() {
  const answer = await fetch(`${address}/metrics/job/node`, {
    method: 'PUT', headers: { 'Content-Type': registry.contentType }, body: await registry.metrics(),
  });
  return answer.status + (await answer.text());
}

async function push() {
  const { resp } = await new client.Pushgateway(address, { timeout: 30000 }, registry).push({ jobName: 'node' });
  return resp.statusCode;
}

(operation === 'push' ? push() : fetchPut()).then((answer) => console.log(`${answer}`));
