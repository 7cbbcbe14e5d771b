{{/* Refuses values that would lose pushes or show them twice. */}}
{{- define "pushgateway.checkCluster" -}}
{{- if not .Values.cluster.enabled }}
{{- if gt (int .Values.replicaCount) 1 }}
{{- fail "replicaCount is more than 1 without cluster.enabled: each gateway would have the pushes that it was given, and no others. Set cluster.enabled and cluster.existingSecret.name, see docs/high-availability.md" }}
{{- end }}
{{- else }}
{{- if not .Values.cluster.existingSecret.name }}
{{- fail "cluster.existingSecret.name is empty: name a secret with the address of the PostgreSQL database" }}
{{- end }}
{{- if .Values.persistentVolume.enabled }}
{{- fail "persistentVolume.enabled and cluster.enabled exclude each other: the database has the groups. pushgateway cluster import moves them there" }}
{{- end }}
{{- if .Values.runAsStatefulSet }}
{{- fail "runAsStatefulSet and cluster.enabled exclude each other: replicas store nothing themselves, so a Deployment runs them" }}
{{- end }}
{{- if and .Values.serviceMonitor.enabled (eq .Values.cluster.scrape "all") }}
{{- fail "serviceMonitor.enabled needs cluster.scrape=lease: it scrapes each replica, and with all each of them shows all groups" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "pushgateway.clusterArgs" -}}
- --cluster.postgres-file=/etc/pushgateway-cluster/address
- {{ printf "--cluster.replica=%s" .Values.cluster.replica | quote }}
- --cluster.scrape={{ .Values.cluster.scrape }}
{{- with .Values.cluster.name }}
- --cluster.name={{ . }}
{{- end }}
{{- with .Values.cluster.maxStaleness }}
- --cluster.max-staleness={{ . }}
{{- end }}
{{- end }}

{{/* What the name of a replica is made of. */}}
{{- define "pushgateway.clusterVars" -}}
{{- if .Values.cluster.enabled -}}
- name: POD_IP
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
{{- end }}
{{- end }}

{{- define "pushgateway.clusterVolume" -}}
name: cluster-postgres
secret:
  secretName: {{ .Values.cluster.existingSecret.name }}
  items:
    - key: {{ .Values.cluster.existingSecret.key }}
      path: address
{{- end }}

{{- define "pushgateway.clusterLifecycle" -}}
{{- if and .Values.cluster.enabled .Values.cluster.drainSeconds -}}
preStop:
  sleep:
    seconds: {{ .Values.cluster.drainSeconds }}
{{- end }}
{{- end }}

{{- define "pushgateway.clusterSpread" -}}
{{- if .Values.cluster.enabled -}}
- maxSkew: 1
  topologyKey: topology.kubernetes.io/zone
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "pushgateway.selector" . | nindent 6 }}
{{- end }}
{{- end }}

{{- define "pushgateway.strategy" -}}
{{- if .Values.strategy }}
{{- toYaml .Values.strategy }}
{{- else if .Values.cluster.enabled -}}
type: RollingUpdate
rollingUpdate:
  maxSurge: 1
  maxUnavailable: 0
{{- else -}}
type: Recreate
{{- end }}
{{- end }}
