import type { V1Container } from "@kubernetes/client-node";
import type { ResolvedService } from "../model/resolve.ts";
import { cpuQuantity, sizeQuantity } from "../model/units.ts";
import { callsPart, listed } from "./calls.ts";
import { configurationPart } from "./configuration.ts";
import { bindingPart } from "./database.ts";
import { type ContainerPart, containerResources } from "./pod.ts";

/** The service's own image with its own resources, whatever it is started for: to serve, to migrate, to do a job. */
export function applicationContainer({
  image,
  resources,
}: ResolvedService): Pick<V1Container, "image" | "resources"> {
  return {
    image: image.reference,
    resources: containerResources(cpuQuantity(resources.cpu), sizeQuantity(resources.memory)),
  };
}

/** What every container of the application is told that makes its calls. */
export function applicationParts(service: ResolvedService): ContainerPart[] {
  return [runtimePart(service), callsPart(service), bindingPart(service), configurationPart(service)];
}

/** What every image may count on, so that none has its port or its name built in, and can hold its routes against what is described. */
export function runtimePart({ name, api }: ResolvedService): ContainerPart {
  return {
    env: [
      { name: "PORT", value: String(api.port) },
      { name: "PROTOCOL", value: api.kind },
      { name: "REQUESTS", value: listed(api.requests) },
      // Traces and metrics carry the service's name without a line of code.
      // https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
      { name: "OTEL_SERVICE_NAME", value: name },
    ],
  };
}
