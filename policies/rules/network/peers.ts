/** A CEL condition: a peer of a NetworkPolicy is every pod of the cluster. */
export const isEverybody = `(peer.?namespaceSelector.hasValue() && peer.namespaceSelector.?matchLabels.orValue({}) == {}
  && peer.namespaceSelector.?matchExpressions.orValue([]).size() == 0
  && peer.?podSelector.?matchLabels.orValue({}) == {} && peer.?podSelector.?matchExpressions.orValue([]).size() == 0)`;

/** A CEL condition: a block of addresses, an optional text such as 10.0.0.0/8, is larger than any network of one's own. */
export function isAnywhere(cidr: string): string {
  return `${cidr}.orValue("").matches("/[0-7]$")`;
}

/** A CEL condition: a port of a NetworkPolicy is all of its protocol: no number, or from 1 on to the last. */
export const isEveryPort = `(!port.?port.hasValue()
  || (type(port.port) == int && port.port < 1024 && port.?endPort.orValue(0) == 65535))`;
