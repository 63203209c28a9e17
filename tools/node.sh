# Sourced by the kit's commands, which set `root` to the kit's folder: sets `node` to the Node that runs the kit.
# It is the one that is installed with the kit; of an installed kit it may also be the user's own.
pinned() {
  case $(uname -sm) in
    "Linux x86_64") platform=linux-x64 ;;
    "Linux aarch64") platform=linux-arm64 ;;
    *) platform=none ;;
  esac
  for node in "$root/node_modules/node-$platform/bin/node" "$root/../node-$platform/bin/node" "$root/node_modules/.bin/node"; do
    [ -x "$node" ] && return
  done
  return 1
}

own() {
  # Types are stripped since 22.18, and undici wants 22.19.
  node=$(command -v node) && "$node" -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(process.features.typescript && (major > 22 || minor >= 19) ? 0 : 1)'
}

if ! pinned; then
  if [ -f "$root/tools/setup.js" ]; then
    node "$root/tools/setup.js" >&2 || exit
    node=$root/node_modules/.bin/node
  elif ! own; then
    echo "pressurevalve: node is $(node --version 2>/dev/null || echo missing), but services in TypeScript want 22.19 or newer; have npm install optional packages (npm config delete omit), or install Node 24 (https://nodejs.org/en/download)" >&2
    exit 3
  fi
fi
