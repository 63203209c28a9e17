#!/bin/sh
# What `npx pressurevalve` runs (package.json, bin): the set-up of a fresh clone, if it is one, and then the command.
root=$(dirname "$(dirname "$(readlink -f "$0")")")
[ -x "$root/node_modules/.bin/node" ] || node "$root/tools/setup.js" >&2 || exit
exec "$root/node_modules/.bin/node" "$root/cli/main.ts" "$@"
