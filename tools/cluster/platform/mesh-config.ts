/** Which of Envoy's own statistics a proxy keeps. https://istio.io/latest/docs/ops/configuration/telemetry/envoy-stats/ */
export const proxyStatsMatcher = { inclusionRegexps: statistics() };

/**
 * What holds for every Envoy of the mesh unless a route or a pod says otherwise.
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
export const meshConfig = {
  // Istio's own default is two more attempts of whatever failed, POST included.
  defaultHttpRetryPolicy: { attempts: 0 },
  outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
  // What an AuthorizationPolicy judged is what the application gets: /a%2Fb and /a//b are /a/b to both of them.
  // https://istio.io/latest/docs/ops/best-practices/security/#understand-path-normalization
  pathNormalization: { normalization: "DECODE_AND_MERGE_SLASHES" },
  accessLogFile: "",
  // Prometheus asks each Envoy itself; nothing of an application's figures goes through the sidecar.
  enablePrometheusMerge: false,
  defaultConfig: {
    // A gateway leaves when its last connection has ended. A sidecar ends after its container and needs no such wait.
    proxyMetadata: { EXIT_ON_ZERO_ACTIVE_CONNECTIONS: "true" },
    proxyStatsMatcher,
  },
};

/** The upper bounds of the latency buckets, in milliseconds: 200 and 500 are thresholds that promises are made of. */
export const latencies = [
  1, 2, 5, 10, 25, 50, 75, 100, 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000, 10000, 30000,
];

/** What the injector writes on every pod: of the buckets, the mesh's configuration cannot speak. */
export const injectedAnnotations = {
  "sidecar.istio.io/statsHistogramBuckets": JSON.stringify({ cluster: latencies, http: latencies }),
};

/** By default Istio keeps hardly any of Envoy's own statistics. These are what objectives and proofs are read from. */
function statistics(): string[] {
  const ofCluster = [
    "upstream_rq_.*",
    "upstream_cx_(total|active|overflow|pool_overflow|connect_fail|connect_timeout)",
    "outlier_detection\\..*",
    "circuit_breakers\\.default\\..*",
    "membership_.*",
    "health_check\\..*",
    "ssl\\.(handshake|connection_error|fail_.*)",
  ];
  const ofServer = [
    "downstream_rq_.*",
    "downstream_cx_(total|active|drain_close|protocol_error)",
    // What is refused at home: a request that no call names, or that goes to a host that the mesh does not know.
    "rq_direct_response",
    "adaptive_concurrency\\..*",
    "admission_control\\..*",
    "fault\\..*",
  ];
  const ofListener = [
    "downstream_cx_(total|active|overflow)",
    "no_filter_chain_match",
    "ssl\\.(handshake|connection_error|fail_.*)",
    ".*ssl_context_update_by_sds",
  ];
  return [
    // The name that Istio gives ends in a semicolon, by which Envoy tells it from the statistic's own.
    `cluster\\.(inbound|outbound)\\|[^;]*;\\.(${ofCluster.join("|")})`,
    // Where connections end that no call is for; through the other one they would get out.
    "cluster\\.(BlackHole|Passthrough)Cluster;\\.upstream_cx_(total|none_healthy)",
    `http\\.(inbound|outbound)_[^;]*;\\.(${ofServer.join("|")})`,
    `listener\\.\\d.*\\.(${ofListener.join("|")})`,
    ".*http_local_rate_limit\\..*",
  ];
}
