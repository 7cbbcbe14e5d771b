{{/* What a name may have at most is 63 characters: it is a label, too. */}}
{{- define "pushgateway.shorten" -}}
{{ trimSuffix "-" (trunc 63 .) }}
{{- end }}

{{- define "pushgateway.name" -}}
{{ include "pushgateway.shorten" (coalesce .Values.nameOverride .Chart.Name) }}
{{- end }}

{{/* The release's name, with that of the chart unless it has it already: what helm create does, and everybody expects. */}}
{{- define "pushgateway.fullname" -}}
{{- $name := coalesce .Values.nameOverride .Chart.Name }}
{{- $full := contains $name .Release.Name | ternary .Release.Name (print .Release.Name "-" $name) }}
{{- include "pushgateway.shorten" (coalesce .Values.fullnameOverride $full) }}
{{- end }}

{{- define "pushgateway.namespace" -}}
{{ coalesce .Values.namespaceOverride .Release.Namespace }}
{{- end }}

{{- define "pushgateway.serviceAccount" -}}
{{ coalesce .Values.serviceAccount.name (.Values.serviceAccount.create | ternary (include "pushgateway.fullname" .) "default") }}
{{- end }}

{{/* These never change: a Deployment's selector cannot. */}}
{{- define "pushgateway.selector" -}}
app.kubernetes.io/name: {{ include "pushgateway.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "pushgateway.labels" -}}
{{ include "pushgateway.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* name, namespace and labels of an object; call it with (list $ "more-labels-as-a-map") */}}
{{- define "pushgateway.metadata" -}}
{{- $root := index . 0 -}}
name: {{ include "pushgateway.fullname" $root }}
namespace: {{ include "pushgateway.namespace" $root }}
labels:
  {{- include "pushgateway.labels" $root | nindent 2 }}
  {{- with index . 1 }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* The secret with web-config.yaml; empty if there is none. */}}
{{- define "pushgateway.webConfigSecret" -}}
{{- with .Values.webConfiguration }}
{{- if .existingSecret }}{{ .existingSecret.name }}{{ else }}{{ include "pushgateway.fullname" $ }}{{ end }}
{{- end }}
{{- end }}
