{{- define "pods" -}}
matchLabels:
  app.kubernetes.io/name: {{ .name }}
matchExpressions:
  - key: app.kubernetes.io/component
    operator: In
    values: {{ .components | toJson }}
{{- end }}

{{- define "egress" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "metadata" (dict "service" .owner "name" .name "wave" 1) | nindent 2 }}
spec:
  podSelector:
    {{- include "pods" .from | nindent 4 }}
  policyTypes: [Egress]
  egress:
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: {{ .to.namespace }}
          podSelector:
            {{- include "pods" .to | nindent 12 }}
      ports:
        - protocol: TCP
          port: {{ .port }}
{{- end }}

{{- define "ingress" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "metadata" (dict "service" .owner "name" .name "namespace" .to.namespace "wave" 1) | nindent 2 }}
spec:
  podSelector:
    {{- include "pods" .to | nindent 4 }}
  policyTypes: [Ingress]
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: {{ .from.namespace }}
          podSelector:
            {{- include "pods" .from | nindent 12 }}
      ports:
        - protocol: TCP
          port: {{ .port }}
{{- end }}
