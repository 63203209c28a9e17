import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Where requests come in. */
export interface Door {
  /** Resolves with the port. */
  open(port: number): Promise<number>;
  /** Lets nobody in any more; resolves when whoever came was answered. */
  close(): Promise<void>;
}

export function httpDoor(server: Server): Door {
  return {
    open: async (port) => {
      server.listen({ port });
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}
