import type { AddressBlock } from "../model/cidr.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { type Asked, authorization } from "./authorization.ts";
import type { Manifest } from "./manifest.ts";
import { egress, ingress, pods } from "./network.ts";
import { edgeName, type Pods, type Target } from "./peers.ts";

/**
 * One edge between pods: leave at the one end, enter at the other, and in a mesh ask there what is allowed. All objects
 * belong to the service that wants the edge.
 */
export function edge(
  owner: ResolvedService,
  from: Pods,
  to: Target,
  port: number,
  requests?: readonly Asked[],
): Manifest[] {
  return [
    egress(owner, from, edgeName(from, "to", to), [pods(to)], port),
    ingress(owner, from, to, port),
    ...authorization(owner, from, to, port, requests),
  ];
}

/** An edge to addresses outside the cluster; the other end is nobody's of ours. */
export function edgeOut(
  owner: ResolvedService,
  from: Pods,
  name: string,
  { blocks, port }: { readonly blocks: readonly AddressBlock[]; readonly port: number },
): Manifest[] {
  return [
    egress(
      owner,
      from,
      name,
      blocks.map((ipBlock) => ({ ipBlock })),
      port,
    ),
  ];
}
