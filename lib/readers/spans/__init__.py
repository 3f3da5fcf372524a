"""OpenTelemetry spans: one trace from all its spans, by the names of several conventions."""
