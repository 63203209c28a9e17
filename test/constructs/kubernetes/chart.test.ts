import { expect, test } from "@jest/globals";
import { ApiObject, App } from "cdk8s";
import { ServiceChart } from "../../../constructs/index.ts";
import { names, order, resolved } from "../example.ts";

test("what a team adds to the chart is rendered with the rest", () => {
  const chart = new ServiceChart(new App(), resolved(order()));
  new ApiObject(chart, "extra", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "extra" } });
  expect(names(chart.render(), "ConfigMap")).toEqual(["extra"]);
  expect(names(chart.render(), "Deployment")).toEqual(["order"]);
});
