import type { Shop } from "pressurevalve/stacks";
import { services } from "../services/index.ts";
import { order } from "../services/order.ts";
import { environments } from "./environments.ts";

/** MountainPass: its services, and where they go. */
export const shop = {
  services,
  environments,
  sampleRequest: {
    service: order.name,
    path: "/orders",
    body: { customer: "Edmund", items: [{ sku: "ice-axe", quantity: 1 }], currency: "USD", amount: 129 },
  },
} satisfies Shop;
