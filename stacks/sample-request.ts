import { order } from "../services/order.ts";

/** A request that shows that the shop works: `npm start` ends with its answer. */
export const sampleRequest = {
  service: order.name,
  path: "/orders",
  body: { customer: "Edmund", items: [{ sku: "ice-axe", quantity: 1 }], currency: "USD", amount: 129 },
};
