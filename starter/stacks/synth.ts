// The cdk8s entry: `cdk8s synth` runs it, as does `node stacks/synth.ts`. It writes every environment.
import { synthesise } from "pressurevalve/cdk8s";
import { shop } from "./shop.ts";

await synthesise(shop);
