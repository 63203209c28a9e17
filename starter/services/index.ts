import { catalogue } from "./catalogue.ts";

/** The services of the shop. */
export const services = [catalogue];
