import {
  type Environment,
  type RenderedService,
  render,
  resolve,
  type Service,
  type ServiceChart,
} from "../../constructs/index.ts";

/** A shop: its services, and where they go. `stacks/shop.ts` exports one, and every command and stack starts from it. */
export interface Shop {
  /** Every service of the shop. */
  readonly services: readonly Service[];
  /** The environments by their names, which are those of the Pulumi stacks. */
  readonly environments: Readonly<Record<string, Environment>>;
  /** A request that shows that the shop works: `npm start` ends with its answer. Omitted: it ends with the services. */
  readonly sampleRequest?: SampleRequest;
  /** Puts cdk8s constructs of the shop's own into a service's chart; they are judged and deployed like the rest. */
  readonly add?: (chart: ServiceChart) => void;
}

/** Something that is posted to a service, and can be read again beneath the same path by the `id` of the answer. */
export interface SampleRequest {
  /** Name of the service. */
  readonly service: string;
  /** Such as `/orders`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body: unknown;
}

/**
 * The shop as it is in an environment: what synth writes and what Pulumi deploys.
 * @throws ProblemsError with every problem of every service.
 */
export function renderShop(
  { services, add }: Pick<Shop, "services" | "add">,
  environment: Environment,
): readonly RenderedService[] {
  return render(resolve(services, environment), add);
}
