{{- define "divbase.labels" -}}
app.kubernetes.io/name: divbase
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "divbase.selector" -}}
app.kubernetes.io/name: divbase
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "divbase.pod" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "divbase.container" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
envFrom:
  - configMapRef: {name: {{ .Release.Name }}-settings}
  - secretRef: {name: {{ .Values.secretName }}}
{{- end }}

{{- define "divbase.probes" -}}
livenessProbe:
  httpGet: {path: /health, port: metrics}
  periodSeconds: 10
readinessProbe:
  httpGet: {path: /ready, port: metrics}
  periodSeconds: 5
startupProbe:
  httpGet: {path: /health, port: metrics}
  periodSeconds: 1
  failureThreshold: 30
{{- end }}
