{{- define "labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/managed-by: pressurevalve
pressurevalve.dev/owner: {{ .owner }}
{{- end }}

{{- define "selector" -}}
app.kubernetes.io/name: {{ .service.name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "metadata" -}}
name: {{ .name }}
namespace: {{ .namespace | default .service.namespace }}
labels:
  {{- include "labels" .service | nindent 2 }}
annotations:
  argocd.argoproj.io/sync-wave: {{ .wave | quote }}
{{- end }}
