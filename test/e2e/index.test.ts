import { afterAll, beforeAll, beforeEach, describe, expect, jest } from "@jest/globals";
import { ensurePrograms } from "../../tools/toolchain.ts";
import { acceptance } from "./acceptance.ts";
import { analysis } from "./analysis.ts";
import { Checkout } from "./checkout.ts";
import { Cluster } from "./cluster.ts";
import { deployAlone } from "./deploy-alone.ts";
import { destroy } from "./destroy.ts";
import { inEitherOrder } from "./either-order.ts";
import { externals } from "./externals.ts";
import { faultsCluster } from "./faults-cluster.ts";
import { faultsOfDeployments } from "./faults-deployment.ts";
import { foreignCluster } from "./foreign-cluster.ts";
import { locality } from "./locality.ts";
import { mesh } from "./mesh.ts";
import { failure } from "./mesh-failure.ts";
import { meshKilled } from "./mesh-killed.ts";
import { trust } from "./mesh-trust.ts";
import { network } from "./network.ts";
import { newService } from "./new-service.ts";
import { overloaded } from "./overload.ts";
import { packedKit } from "./package.ts";
import { policiesAdmission } from "./policies-admission.ts";
import { advised, enforced } from "./policies-in-the-cluster.ts";
import { policyPack } from "./policy-pack.ts";
import { protocols } from "./protocols.ts";
import { rehearsal } from "./rehearsal.ts";
import { scaling } from "./scaling.ts";
import type { Scene } from "./scene.ts";
import { start } from "./start.ts";
import { stop } from "./stop.ts";
import { traces } from "./traces.ts";
import { updates } from "./updates.ts";

jest.setTimeout(45 * 60_000);

let scene: Scene | undefined;
const current = () => scene as Scene;

beforeAll(async () => {
  const checkout = await Checkout.make();
  const { kubectl } = await ensurePrograms(["kubectl"], (line) => process.stderr.write(`${line}\n`));
  scene = { checkout, cluster: new Cluster(kubectl, checkout.kubeconfigFile), before: await traces() };
});

beforeEach(() => {
  process.stderr.write(`\n== ${expect.getState().currentTestName}\n`);
});

afterAll(async () => {
  await scene?.checkout.run("npm", "stop");
  await scene?.checkout.remove();
});

// One run in one order: docs/decisions/0006-end-to-end-tests-in-one-order.md
describe("npm start", () => start(current));
describe("npm start", () => advised(current));
describe("every environment before the real API server", () => acceptance(current));
describe("the policies before the real API server", () => policiesAdmission(current));
describe("the network policies before another's eyes", () => network());
describe("istioctl analyze", () => analysis(current));
describe("the mesh", () => mesh(current));
describe("a service of a set capacity, and three times as much asked of it", () => overloaded(current));
describe("gRPC and GraphQL in the mesh", () => protocols(current));
describe("externals in the mesh", () => externals(current));
describe("zones in the mesh", () => locality(current));
describe("who may ask what in the mesh", () => trust(current));
describe("what fails in the mesh", () => failure(current));
describe("a rehearsal in the mesh", () => rehearsal(current));
describe("what is killed in the mesh", () => meshKilled(current));
describe("updates", () => updates(current));
describe("autoscaling", () => scaling(current));
describe("npm run deploy", () => deployAlone(current));
describe("a new service and a new call of it, in either order", () => inEitherOrder(current));
describe("the policy pack", () => policyPack(current));
describe("a service copied from notification", () => newService(current));
describe("faults of a deployment", () => faultsOfDeployments(current));
describe("a cluster that someone else runs", () => foreignCluster(current));
describe("faults of the machine and the cluster", () => faultsCluster(current));
describe("the kit as a package", () => packedKit(current));
describe("pulumi destroy", () => destroy(current));
describe("plain kubectl where every policy is enforced", () => enforced(current));
describe("npm stop", () => stop(current));
