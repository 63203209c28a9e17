import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { machineCache } from "../tools/cache.ts";

// Node keeps what it compiled, and stripped of types, for the next command and for the programs that commands start;
// a synth takes two thirds of the time. Only what is loaded afterwards counts, so all else stands behind this import.
process.env.NODE_COMPILE_CACHE ??= join(machineCache, "compiled");
enableCompileCache(process.env.NODE_COMPILE_CACHE);
await import("./command-line.ts");
