import { basket } from "./basket.ts";
import { environments } from "./environments.ts";
import { prices } from "./prices.ts";

export const shop = { services: [basket, prices], environments };
