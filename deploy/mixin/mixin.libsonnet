// The alert rules and the dashboard as a monitoring mixin: jsonnet -e '(import "deploy/mixin/mixin.libsonnet").prometheusAlerts'
{
  grafanaDashboards+:: {
    'pushgateway.json': import '../grafana/pushgateway.json',
  },
  prometheusAlerts+:: std.parseYaml(importstr '../prometheus/pushgateway.rules.yml'),
}
