{{/* What is asked of the storage: the spec of a PersistentVolumeClaim. */}}
{{- define "pushgateway.claim" -}}
{{- with .Values.persistentVolume -}}
accessModes:
  {{- toYaml .accessModes | nindent 2 }}
{{- with .storageClass }}
storageClassName: {{ eq "-" . | ternary "" . | quote }}
{{- end }}
resources:
  requests:
    storage: {{ .size | quote }}
{{- end }}
{{- end }}
