#!/bin/sh
# What `npx pressurevalve` runs (package.json, bin).
root=$(dirname "$(dirname "$(readlink -f "$0")")")
. "$root/tools/node.sh"
# As cli/main.ts has it, but early enough that even that file comes out of the cache.
export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pressurevalve/compiled}"
exec "$node" "$root"/cli/main.[jt]s "$@"
