// The contender "plain cdk8s": the same objects, each an ApiObject, in a chart a service, written by App.synth.
// usage: node plain-cdk8s.ts <objects.json> <outdir>
import { readFileSync } from "node:fs";
import { ApiObject, App, Chart, YamlOutputType } from "cdk8s";
import type { RenderedService } from "../../constructs/index.ts";

const [, , source = "", outdir = ""] = process.argv;
const services: Pick<RenderedService, "name" | "manifests">[] = JSON.parse(readFileSync(source, "utf8"));

const app = new App({ outdir, yamlOutputType: YamlOutputType.FILE_PER_CHART });
for (const { name, manifests } of services) {
  const chart = new Chart(app, name, { disableResourceNameHashes: true });
  for (const [index, manifest] of manifests.entries()) new ApiObject(chart, String(index), manifest);
}
app.synth();
