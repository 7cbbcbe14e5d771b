// Pushes with prom-client: push.js ADDRESS push|pushAdd|delete FAMILY VALUE.
const client = require('prom-client');

const [address, operation, family, value] = process.argv.slice(2);
const registry = new client.Registry();
new client.Gauge({ name: family, help: 'A gauge.', registers: [registry] }).set(Number(value));
new client.Histogram({
  name: `${family}_seconds`, help: 'A histogram.', buckets: [0.1, 1], labelNames: ['step'], registers: [registry],
}).observe({ step: 'a"b\\c\nd' }, Number(value));

const gateway = new client.Pushgateway(address, { timeout: 30000 }, registry);
gateway[operation]({ jobName: 'node/nightly', groupings: { path: '/var/tmp/a b', city: 'København' } })
  .then(({ resp }) => console.log(resp.statusCode));
