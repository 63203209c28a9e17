#!/bin/sh
# What `npx pressurevalve` runs (package.json, bin).
root=$(dirname "$(dirname "$(readlink -f "$0")")")
. "$root/tools/node.sh"
exec "$node" "$root"/cli/main.[jt]s "$@"
