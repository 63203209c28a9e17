// The Pulumi entry: `pulumi up -s <environment>` runs it.
import { deployShop } from "pressurevalve/pulumi";
import { shop } from "./shop.ts";

/** The namespace of each service. */
export const { namespaces } = await deployShop(shop);
