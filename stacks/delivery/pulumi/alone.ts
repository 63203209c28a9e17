/** Names the one service that `npm run deploy` deploys; in every other run nothing. */
export const serviceVariable = "PRESSUREVALVE_SERVICE";

/** Whether this run deploys a service, or leaves it as it is. */
export function isDeployed(service: string): boolean {
  const only = process.env[serviceVariable];
  return only === undefined || only === service;
}
