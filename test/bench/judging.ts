// Judges the objects of a file in a process of its own, and writes how many CPU seconds the judging took.
// usage: node judging.ts <objects.yaml> standard|all <result.json>
import { writeFileSync } from "node:fs";
import { rules } from "../../policies/rules/index.ts";
import { check } from "../../stacks/delivery/policies/check/check.ts";
import { policySettings } from "../../stacks/delivery/policies/judgement.ts";
import { readObjects } from "../../stacks/delivery/yaml/reading.ts";
import { environments } from "../../stacks/environments.ts";
import { standard } from "./judged.ts";

const [, , objects = "", which = "", result = ""] = process.argv;
const reading = await readObjects([objects]);
const before = process.cpuUsage();
const settings = policySettings(environments.production);
const { findings } = check(which === "standard" ? standard : rules, reading, settings);
const { user, system } = process.cpuUsage(before);
writeFileSync(result, JSON.stringify({ judging: (user + system) / 1e6, findings }));
