import { X509Certificate } from "node:crypto";
import { expect, test } from "@jest/globals";
import { authorities } from "../../../tools/images/istio-proxy.ts";

test("the sidecar has the public authorities where pilot-agent looks, each of them a certificate", () => {
  expect(authorities.path).toBe("/etc/ssl/certs/ca-certificates.crt");
  const certificates = authorities.content.split(/(?<=-----END CERTIFICATE-----\n)/);
  expect(certificates.length).toBeGreaterThan(50);
  for (const certificate of certificates) expect(new X509Certificate(certificate).ca).toBe(true);
});
