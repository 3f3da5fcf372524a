"""OTLP over HTTP as a server: what telemetry programs send is read, bounded, and given on before it is acknowledged."""
