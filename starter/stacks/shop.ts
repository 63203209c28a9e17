import type { Shop } from "pressurevalve/stacks";
import { services } from "../services/index.ts";
import { environments } from "./environments.ts";

/** The shop: its services, and where they go. */
export const shop = { services, environments } satisfies Shop;
