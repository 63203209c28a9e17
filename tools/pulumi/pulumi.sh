#!/bin/sh
# What `npx pulumi` runs (package.json, bin): the kit's own Pulumi.
root=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
. "$root/tools/node.sh"
exec "$node" "$root"/tools/pulumi/main.[jt]s "$@"
