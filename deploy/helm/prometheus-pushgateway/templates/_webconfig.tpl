{{/* basicAuth of the ServiceMonitor's endpoint: what it is given, or else the first of the gateway's users. */}}
{{- define "pushgateway.scrapeAuth" -}}
{{- if .Values.serviceMonitor.basicAuth }}
{{- toYaml .Values.serviceMonitor.basicAuth }}
{{- else if .Values.webConfiguration.basicAuthUsers }}
{{- $secret := printf "%s-basic-auth" (include "pushgateway.fullname" .) }}
{{- dict "username" (dict "name" $secret "key" "username") "password" (dict "name" $secret "key" "password") | toYaml }}
{{- end }}
{{- end }}
