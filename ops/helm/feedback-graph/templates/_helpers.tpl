{{- define "feedback-graph.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "feedback-graph.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "feedback-graph.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{ include "feedback-graph.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- /* What a pod of either store is; the volume of an embedded one is that of its claim. */ -}}
{{- define "feedback-graph.pod" -}}
{{- $embedded := eq .Values.store.engine "embedded" -}}
metadata:
  labels:
    {{- include "feedback-graph.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "feedback-graph.fullname" . }}
  automountServiceAccountToken: false
  # Otherwise a variable for each service of the namespace.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    fsGroup: 1000
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: server
      image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      ports:
        - name: http
          containerPort: 4000
      env:
        - name: FEEDBACK_STORE
          value: {{ ternary "rocksdb:/data/store" .Values.store.postgres.url $embedded | quote }}
        {{- if not $embedded }}
        - name: PGSSLMODE
          value: {{ .Values.store.postgres.sslMode | quote }}
        {{- with .Values.store.postgres.passwordSecret }}
        {{- if .name }}
        - name: PGPASSWORD
          valueFrom:
            secretKeyRef:
              name: {{ .name | quote }}
              key: {{ .key | quote }}
        {{- end }}
        {{- end }}
        {{- end }}
        {{- if .Values.auth.jwtSecret.name }}
        - name: FEEDBACK_JWT_SECRET
          valueFrom:
            secretKeyRef:
              name: {{ .Values.auth.jwtSecret.name | quote }}
              key: {{ .Values.auth.jwtSecret.key | quote }}
        {{- else if .Values.auth.jwksUrl }}
        - name: FEEDBACK_JWKS_URL
          value: {{ .Values.auth.jwksUrl | quote }}
        {{- else }}
        {{- fail "Set auth.jwtSecret.name or auth.jwksUrl: the key with which the server verifies tokens" }}
        {{- end }}
        {{- range $name, $value := .Values.settings }}
        - name: {{ $name }}
          {{- /* YAML reads `on` as a boolean, and Helm writes large numbers with an exponent. */}}
          {{- if kindIs "string" $value }}
          value: {{ $value | quote }}
          {{- else if and (kindIs "bool" $value) (hasPrefix "FEEDBACK_" $name) }}
          value: {{ ternary "on" "off" $value | quote }}
          {{- else }}
          value: {{ $value | toJson | quote }}
          {{- end }}
        {{- end }}
        {{- range .Values.secretSettings }}
        - name: {{ .variable }}
          valueFrom:
            secretKeyRef:
              name: {{ .name | quote }}
              key: {{ .key | quote }}
        {{- end }}
      # A large store may have to finish what was interrupted before the server listens.
      startupProbe:
        httpGet: { path: /health/live, port: http }
        periodSeconds: 2
        failureThreshold: 150
      livenessProbe:
        httpGet: { path: /health/live, port: http }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: { path: /health/ready, port: http }
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: 2
      {{- if not $embedded }}
      # Others are told later than this server that it ends: it goes on until they send it nothing any more.
      lifecycle:
        preStop:
          exec: { command: [sleep, '5'] }
      {{- end }}
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: data
          mountPath: /data
        - name: tmp
          mountPath: /tmp
  volumes:
    - name: tmp
      emptyDir: {}
    {{- if not $embedded }}
    - name: data
      emptyDir: {}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml .Values.topologySpreadConstraints | nindent 4 }}
  {{- else if not $embedded }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "feedback-graph.selectorLabels" . | nindent 10 }}
  {{- end }}
{{- end -}}
