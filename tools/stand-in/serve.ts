import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { adminServerOf } from "./admin.ts";
import { findBinding } from "./binding.ts";
import type { Description } from "./description.ts";
import { httpDoor } from "./door.ts";
import { drain } from "./drain.ts";
import { grpcDoor } from "./grpc.ts";
import { log } from "./log.ts";
import { connect, postgresStore } from "./postgres.ts";
import { serverOf } from "./server.ts";
import { serviceOf } from "./service.ts";
import { memoryStore, type Store } from "./store.ts";

/** Serves until it is told to stop; resolves when everything that came was answered. */
export async function serve(description: Description): Promise<void> {
  const stopped = stopSignal();
  const service = serviceOf(description, await storeOf(description));
  const door = description.protocol === "grpc" ? grpcDoor(service) : httpDoor(serverOf(service));
  const admin = adminServerOf(service);
  const [port, adminPort] = await Promise.all([
    door.open(description.port),
    listen(admin, description.adminPort, "127.0.0.1"),
  ]);
  log("listening", { port, admin_port: adminPort });
  await stopped;
  log("draining");
  await drain(door, service);
  admin.close();
  admin.closeAllConnections();
  await service.store.close();
  log("stopped");
}

async function storeOf({ bindingRoot }: Description): Promise<Store> {
  const binding = await findBinding(bindingRoot, "postgresql");
  return binding ? postgresStore(await connect(binding)) : memoryStore();
}

async function listen(server: Server, port: number, host?: string): Promise<number> {
  server.listen({ port, host });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Resolves at the first signal; the second one ends the process, whatever it is doing. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => {
        resolve();
        process.once(signal, () => process.exit(1));
      });
    }
  });
}
