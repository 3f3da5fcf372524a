// Sends five traces by the exporter named, protobuf or http (JSON), to the address named.
import { createRequire } from "node:module";
const require = createRequire(`${process.env.NODE_HOME}/node_modules/`);
const { NodeSDK } = require("@opentelemetry/sdk-node");
const api = require("@opentelemetry/api");
const [, , kind, url] = process.argv;
const { OTLPTraceExporter } = require(`@opentelemetry/exporter-trace-otlp-${kind}`);
const sdk = new NodeSDK({ traceExporter: new OTLPTraceExporter({ url, compression: "gzip" }), instrumentations: [] });
sdk.start();
const tracer = api.trace.getTracer("t");
for (let n = 0; n < 5; n += 1) {
  tracer.startActiveSpan("chain", (root) => {
    root.setAttributes({ "openinference.span.kind": "CHAIN", "input.value": `${kind} ${n}`, "output.value": `answer ${n}` });
    const inside = tracer.startSpan("search");
    inside.setAttributes({ "openinference.span.kind": "TOOL", "tool.name": "search" });
    inside.end();
    root.end();
  });
}
await sdk.shutdown();
