import { Fault } from "../fault.ts";

/** The proxies of the environment, as undici's EnvHttpProxyAgent takes them; empty where there is none. */
interface Proxies {
  readonly httpProxy: string;
  readonly httpsProxy: string;
}

/** @throws Fault (exit code 1) when HTTP_PROXY or HTTPS_PROXY is not the address of a proxy */
export function proxies(): Proxies {
  return { httpProxy: proxyIn("HTTP_PROXY"), httpsProxy: proxyIn("HTTPS_PROXY") };
}

/** The proxy that a variable names, in small letters first; empty where it names none. @throws Fault as above */
export function proxyIn(variable: "HTTP_PROXY" | "HTTPS_PROXY"): string {
  const names = [variable.toLowerCase(), variable];
  const name = names.find((name) => process.env[name] !== undefined) ?? variable;
  const value = process.env[name];
  return value ? proxyUrl(name, value) : "";
}

/** `localhost:3128` is a proxy of http, as curl and Go have it too. */
function proxyUrl(name: string, value: string): string {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (URL.canParse(url) && /^(https?|socks5?):$/.test(new URL(url).protocol)) return url;
  throw new Fault(
    `${name} is ${withoutPassword(value)}; it must be the address of a proxy, such as http://localhost:3128`,
    1,
  );
}

/** An address as it may be shown: whoever logs in there, and with which password, is left out. */
export function withoutPassword(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, "$1…@").replace(/([?&]password=)[^&]*/gi, "$1…");
}
