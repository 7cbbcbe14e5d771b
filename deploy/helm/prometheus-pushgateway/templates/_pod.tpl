{{/* The flags as a list in YAML. What extraArgs has is not said twice. */}}
{{- define "pushgateway.args" -}}
{{- $args := list }}
{{- $given := join " " .Values.extraArgs }}
{{- with include "pushgateway.webConfigSecret" . }}
{{- if not (contains "--web.config.file" $given) }}
{{- $args = append $args "--web.config.file=/etc/pushgateway/web-config.yaml" }}
{{- end }}
{{- end }}
{{- if and .Values.lifecycleConfiguration (not (contains "--lifecycle.config.file" $given)) }}
{{- $args = append $args "--lifecycle.config.file=/etc/pushgateway-lifecycle/lifecycle.yml" }}
{{- end }}
{{- if and .Values.pushTtl (not (or (contains "--push.ttl" $given) (contains "--metric.timetolive" $given))) }}
{{- $args = append $args (printf "--push.ttl=%s" .Values.pushTtl) }}
{{- end }}
{{- if and .Values.persistentVolume.enabled (not (contains "--persistence.file" $given)) }}
{{- $args = append $args (printf "--persistence.file=%s/metrics" (trimSuffix "/" .Values.persistentVolume.mountPath)) }}
{{- end }}
{{- if .Values.cluster.enabled }}
{{- $args = concat $args (fromYamlArray (include "pushgateway.clusterArgs" .)) }}
{{- end }}
{{- with concat $args .Values.extraArgs }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{/* A probe; (list $ probe instead): "instead" is what asks no password, for a gateway with a web config file. */}}
{{- define "pushgateway.probe" -}}
{{- $probe := deepCopy (index . 1) }}
{{- if and (include "pushgateway.webConfigSecret" (index . 0)) $probe.httpGet }}
{{- $probe = merge (omit $probe "httpGet") (index . 2) }}
{{- end }}
{{- toYaml $probe }}
{{- end }}

{{- define "pushgateway.affinity" -}}
{{- $term := dict "topologyKey" .Values.podAntiAffinityTopologyKey "labelSelector" (dict "matchLabels" (fromYaml (include "pushgateway.selector" .))) }}
{{- $affinity := deepCopy .Values.affinity }}
{{- $strength := coalesce .Values.podAntiAffinity (.Values.cluster.enabled | ternary "soft" "none") }}
{{- if eq $strength "hard" }}
{{- $_ := set $affinity "podAntiAffinity" (dict "requiredDuringSchedulingIgnoredDuringExecution" (list $term)) }}
{{- else if eq $strength "soft" }}
{{- $preferred := dict "weight" 100 "podAffinityTerm" $term }}
{{- $_ := set $affinity "podAntiAffinity" (dict "preferredDuringSchedulingIgnoredDuringExecution" (list $preferred)) }}
{{- end }}
{{- with $affinity }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{/* The volumes that are not claimed by a StatefulSet's own template. */}}
{{- define "pushgateway.volumes" -}}
{{- $volumes := list }}
{{- if .Values.persistentVolume.enabled }}
{{- if or .Values.persistentVolume.existingClaim (not .Values.runAsStatefulSet) }}
{{- $claim := coalesce .Values.persistentVolume.existingClaim (include "pushgateway.fullname" .) }}
{{- $volumes = append $volumes (dict "name" "storage-volume" "persistentVolumeClaim" (dict "claimName" $claim)) }}
{{- end }}
{{- else if not .Values.cluster.enabled }}
{{- $volumes = append $volumes (dict "name" "storage-volume" "emptyDir" dict) }}
{{- end }}
{{- if .Values.cluster.enabled }}
{{- $volumes = append $volumes (fromYaml (include "pushgateway.clusterVolume" .)) }}
{{- end }}
{{- with include "pushgateway.webConfigSecret" . }}
{{- $volumes = append $volumes (dict "name" "web-config" "secret" (dict "secretName" .)) }}
{{- end }}
{{- if .Values.lifecycleConfiguration }}
{{- $map := dict "name" (printf "%s-lifecycle" (include "pushgateway.fullname" .)) }}
{{- $volumes = append $volumes (dict "name" "lifecycle-config" "configMap" $map) }}
{{- end }}
{{- with concat $volumes .Values.extraVolumes }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{- define "pushgateway.container" -}}
name: pushgateway
image: {{ printf "%s:%s" .Values.image.repository (coalesce .Values.image.tag .Chart.AppVersion) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with include "pushgateway.args" . }}
args:
  {{- . | nindent 2 }}
{{- end }}
{{- with concat (fromYamlArray (include "pushgateway.clusterVars" .)) .Values.extraVars }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  - name: metrics
    containerPort: 9091
    protocol: TCP
{{- if .Values.liveness.enabled }}
livenessProbe:
  {{- $connect := dict "tcpSocket" (dict "port" "metrics") }}
  {{- include "pushgateway.probe" (list . .Values.liveness.probe $connect) | nindent 2 }}
{{- end }}
{{- if .Values.readiness.enabled }}
readinessProbe:
  {{- $check := dict "exec" (dict "command" (list "/bin/pushgateway" "--healthcheck")) }}
  {{- include "pushgateway.probe" (list . .Values.readiness.probe $check) | nindent 2 }}
{{- end }}
{{- with coalesce .Values.lifecycle (fromYaml (include "pushgateway.clusterLifecycle" .)) }}
lifecycle:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.containerSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with include "pushgateway.mounts" . | trim }}
volumeMounts:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "pushgateway.mounts" -}}
{{- if .Values.cluster.enabled }}
- name: cluster-postgres
  mountPath: /etc/pushgateway-cluster
  readOnly: true
{{- else }}
- name: storage-volume
  mountPath: {{ .Values.persistentVolume.mountPath | quote }}
  {{- with .Values.persistentVolume.subPath }}
  subPath: {{ . | quote }}
  {{- end }}
{{- end }}
{{- if include "pushgateway.webConfigSecret" . }}
- name: web-config
  mountPath: /etc/pushgateway
  readOnly: true
{{- end }}
{{- if .Values.lifecycleConfiguration }}
- name: lifecycle-config
  mountPath: /etc/pushgateway-lifecycle
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "pushgateway.podTemplate" -}}
metadata:
  labels:
    {{- include "pushgateway.labels" . | nindent 4 }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "pushgateway.serviceAccount" . }}
  automountServiceAccountToken: {{ .Values.automountServiceAccountToken }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  {{- if .Values.cluster.enabled }}
  # Serving on while the service forgets it, requests that are under way, and the last commit.
  terminationGracePeriodSeconds: {{ add .Values.cluster.drainSeconds 40 }}
  {{- end }}
  {{- with .Values.securityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.extraInitContainers }}
  initContainers:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - {{- include "pushgateway.container" . | nindent 6 }}
    {{- with .Values.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with include "pushgateway.volumes" . }}
  volumes:
    {{- . | nindent 4 }}
  {{- end }}
  {{- with include "pushgateway.affinity" . }}
  affinity:
    {{- . | nindent 4 }}
  {{- end }}
  {{- range $key := list "imagePullSecrets" "hostAliases" "nodeSelector" "tolerations" }}
  {{- with get $.Values $key }}
  {{ $key }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- with coalesce .Values.topologySpreadConstraints (fromYamlArray (include "pushgateway.clusterSpread" .)) }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
