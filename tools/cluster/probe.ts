import { readFile } from "node:fs/promises";
import { get as getHttp } from "node:http";
import { get as getHttps } from "node:https";
import { connect } from "node:net";
import { certificate } from "./certificates.ts";

/** Whether an endpoint answers 200. Over TLS it must prove itself to the cluster's authority. */
export async function answers(url: string): Promise<boolean> {
  if (url.startsWith("http:")) {
    return succeeds((respond) => getHttp(url, { timeout: 2000 }, respond));
  }
  const ca = await readFile(certificate("ca").cert);
  return succeeds((respond) => getHttps(url, { timeout: 2000, ca, agent: false }, respond));
}

type Get = (
  respond: (response: import("node:http").IncomingMessage) => void,
) => import("node:http").ClientRequest;

function succeeds(get: Get): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get((response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy()).on("error", () => resolve(false));
  });
}

/** Whether something accepts connections on a socket. */
export function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
