import { setTimeout } from "node:timers/promises";
import { Fault } from "../fault.ts";
import type { Door } from "./door.ts";
import type { Service } from "./service.ts";

/** When no request has come for so long, callers have taken notice. In milliseconds. */
const QUIET = 1000;

/**
 * Stops without losing a request: says not ready, goes on serving whoever has not noticed yet, then closes
 * the door and finishes what is under way. Takes at most the description's drain.
 *
 * @throws Fault when requests are still under way then
 */
export async function drain(door: Door, service: Service): Promise<void> {
  service.isDraining = true;
  const begun = Date.now();
  const half = begun + service.description.drain / 2;
  await quiet(service, begun, half);
  await close(door, begun + service.description.drain);
}

/** Half of the time is left for those who came last. */
async function quiet(service: Service, begun: number, until: number): Promise<void> {
  const silence = () => Date.now() - Math.max(begun, service.lastArrival);
  while (silence() < QUIET && Date.now() < until) {
    await setTimeout(20);
  }
}

async function close(door: Door, deadline: number): Promise<void> {
  const inTime = await Promise.race([
    door.close().then(() => true),
    setTimeout(Math.max(0, deadline - Date.now()), false, { ref: false }),
  ]);
  if (!inTime) {
    throw new Fault("DRAIN is over and requests are still under way; they are cut off", 2);
  }
}
