import { z } from "zod";

/** A range of IP addresses. */
export const cidr = z.union(
  [z.cidrv4(), z.cidrv6()],
  "must be a CIDR range; write for example 10.42.64.0/20",
);

/** A range of addresses, and those in it that are left out. */
export interface AddressBlock {
  readonly cidr: string;
  readonly except?: readonly string[];
}

/**
 * Every address that leads out: neither of a private network, nor of the link, where clouds keep their metadata.
 * https://www.iana.org/assignments/iana-ipv4-special-registry/
 */
export const publicAddresses: readonly AddressBlock[] = [
  {
    cidr: "0.0.0.0/0",
    except: [
      "10.0.0.0/8",
      "100.64.0.0/10",
      "127.0.0.0/8",
      "169.254.0.0/16",
      "172.16.0.0/12",
      "192.168.0.0/16",
    ],
  },
  { cidr: "::/0", except: ["::1/128", "fc00::/7", "fe80::/10"] },
];
