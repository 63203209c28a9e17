{{- define "pod.security" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "container.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "container.environment" -}}
- name: PORT
  value: {{ .port | quote }}
- name: PROTOCOL
  value: rest
- name: REQUESTS
  value: "GET|HEAD|OPTIONS|PUT|DELETE /*, POST|PATCH /*"
- name: OTEL_SERVICE_NAME
  value: {{ .name }}
{{- range .calls }}
{{- $stem := .callee | upper | replace "-" "_" }}
- name: {{ $stem }}_URL
  value: http://{{ .callee }}.{{ .namespace }}.svc:{{ .port }}
- name: {{ $stem }}_PROTOCOL
  value: rest
- name: {{ $stem }}_REQUESTS
  value: "GET|HEAD|OPTIONS|PUT|DELETE /*, POST|PATCH /*"
- name: {{ $stem }}_TIMEOUT
  value: {{ .timeoutMilliseconds }}ms
- name: {{ $stem }}_ATTEMPTS
  value: {{ .attempts | quote }}
{{- end }}
{{- if .database }}
- name: SERVICE_BINDING_ROOT
  value: /bindings
{{- end }}
{{- range $name, $value := .env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "container.common" -}}
image: {{ .image.repository }}@sha256:{{ .image.digest }}
imagePullPolicy: IfNotPresent
resources:
  requests:
    cpu: {{ .cpu }}
    memory: {{ .memory }}
    ephemeral-storage: 256Mi
  limits:
    memory: {{ .memory }}
    ephemeral-storage: 256Mi
env:
  {{- include "container.environment" . | nindent 2 }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  {{- if .database }}
  - name: database-binding
    mountPath: /bindings/database
    readOnly: true
  {{- end }}
  {{- with .configuration }}
  - name: configuration
    mountPath: /etc/{{ $.name }}
    readOnly: true
  {{- end }}
securityContext:
  {{- include "container.security" . | nindent 2 }}
{{- end }}

{{- define "pod.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- if .database }}
- name: database-binding
  secret:
    secretName: {{ .name }}-database
{{- end }}
{{- with .configuration }}
- name: configuration
  configMap:
    name: {{ .name }}
{{- end }}
{{- end }}

{{- define "pod.once" -}}
metadata:
  labels:
    {{- include "labels" .service | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
spec:
  serviceAccountName: {{ .account }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  restartPolicy: Never
  securityContext:
    {{- include "pod.security" . | nindent 4 }}
  containers:
    - name: {{ .component }}
      args: {{ .args | toJson }}
      {{- include "container.common" .service | nindent 6 }}
  volumes:
    {{- include "pod.volumes" .service | nindent 4 }}
{{- end }}

{{- define "workload" -}}
{{- with .service.replicas }}
replicas: {{ . }}
{{- end }}
selector:
  matchLabels:
    {{- include "selector" (dict "service" .service "component" "service") | nindent 4 }}
revisionHistoryLimit: 3
progressDeadlineSeconds: {{ .environment.progressDeadlineSeconds }}
template:
  metadata:
    labels:
      {{- include "labels" .service | nindent 6 }}
      app.kubernetes.io/component: service
      app.kubernetes.io/version: {{ .service.image.digest | trunc 12 | quote }}
  spec:
    serviceAccountName: {{ .service.name }}
    automountServiceAccountToken: false
    enableServiceLinks: false
    terminationGracePeriodSeconds: 30
    topologySpreadConstraints:
      - topologyKey: topology.kubernetes.io/zone
        whenUnsatisfiable: {{ .environment.zoneSpread }}
        maxSkew: 1
        nodeTaintsPolicy: Honor
        matchLabelKeys: [{{ .hashLabel }}]
        labelSelector:
          matchLabels:
            {{- include "selector" (dict "service" .service "component" "service") | nindent 12 }}
      - topologyKey: kubernetes.io/hostname
        whenUnsatisfiable: ScheduleAnyway
        maxSkew: 1
        nodeTaintsPolicy: Honor
        matchLabelKeys: [{{ .hashLabel }}]
        labelSelector:
          matchLabels:
            {{- include "selector" (dict "service" .service "component" "service") | nindent 12 }}
    securityContext:
      {{- include "pod.security" . | nindent 6 }}
    containers:
      - name: {{ .service.name }}
        ports:
          - name: http
            containerPort: {{ .service.port }}
            protocol: TCP
        startupProbe:
          httpGet:
            path: /health/startup
            port: http
          timeoutSeconds: 2
          periodSeconds: 2
          failureThreshold: 30
        readinessProbe:
          httpGet:
            path: /health/ready
            port: http
          timeoutSeconds: 2
          periodSeconds: 5
          failureThreshold: 2
        livenessProbe:
          httpGet:
            path: /health/live
            port: http
          timeoutSeconds: 2
          periodSeconds: 10
          failureThreshold: 3
        lifecycle:
          preStop:
            sleep:
              seconds: 5
        {{- include "container.common" .service | nindent 8 }}
    volumes:
      {{- include "pod.volumes" .service | nindent 6 }}
{{- end }}
