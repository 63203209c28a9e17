import { expect, test } from "@jest/globals";
import { ApiObject, App } from "cdk8s";
import { Node } from "constructs";
import { render, resolve, ServiceChart } from "../../../constructs/index.ts";
import { services } from "../../../services/index.ts";
import { environments } from "../../../stacks/environments.ts";
import { environment, names, order, other, resolved } from "../example.ts";

test("what a team adds to the chart is rendered with the rest", () => {
  const chart = new ServiceChart(new App(), resolved(order()));
  new ApiObject(chart, "extra", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "extra" } });
  expect(names(chart.render(), "ConfigMap")).toEqual(["extra"]);
  expect(names(chart.render(), "Deployment")).toEqual(["order"]);
});

test("a service is rendered without a walk over the constructs of the others", () => {
  expect(constructsVisited(30) / 30).toBe(constructsVisited(3) / 3);
});

/** How many constructs all walks together come past while a shop of so many equal services is rendered. */
function constructsVisited(size: number): number {
  const services = Array.from({ length: size }, (_, index) => other(`order-${index}`, { image: "order" }));
  const shop = resolve(services, environment);
  const { findAll } = Node.prototype;
  let visited = 0;
  try {
    Node.prototype.findAll = function (order) {
      const found = findAll.call(this, order);
      visited += found.length;
      return found;
    };
    render(shop);
  } finally {
    Node.prototype.findAll = findAll;
  }
  return visited;
}

test.each(
  Object.values(environments),
)("in $name an object of the kit is what cdk8s itself would render", (where) => {
  const objects = resolve(services, where).flatMap(
    (service) => new ServiceChart(new App(), service).apiObjects,
  );
  expect(objects.length).toBeGreaterThan(50);
  for (const object of objects) {
    object.metadata.addAnnotation("example.com/added", "later");
    expect(JSON.stringify(object.toJson())).toBe(JSON.stringify(ApiObject.prototype.toJson.call(object)));
  }
});
