import { styleText } from "node:util";
import { Command } from "commander";
import { checkoutFindings, probeCheckout } from "../tools/doctor/checkout.ts";
import { type Finding, type Group, isReady, type State } from "../tools/doctor/finding.ts";
import type { Aim } from "../tools/doctor/index.ts";
import { unexamined } from "../tools/doctor/unexamined.ts";
import type { Meshed } from "../tools/mesh-requirements.ts";

/** `pressurevalve doctor`: what is there, what is missing, and the command that mends it. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description(
      "say what this machine lacks for npm start, and what mends it; exits with 3 when it lacks something",
    )
    .option("--kubeconfig <file>", "examine a cluster of yours instead of the local one")
    .option("--context <name>", "the context in the kubeconfig (its current one when left out)")
    .option("--json", "print the findings as JSON")
    .action(doctor);
}

async function doctor({ json, ...aim }: Aim & { json?: true }): Promise<void> {
  const groups = [await checkout(), ...(await everythingElse(aim))];
  const ready = isReady(groups);
  console.log(json ? JSON.stringify({ ready, groups }, null, 2) : groups.map(paragraph).join("\n\n"));
  const start = aim.kubeconfig ? "npm start -- --kubeconfig" : "npm start";
  if (!json)
    console.error(`\n${ready ? `${start} has all that it needs` : `${start} lacks what is marked above`}`);
  process.exitCode = ready ? 0 : 3;
}

async function checkout(): Promise<Group> {
  return { purpose: "synth, diff and test", findings: checkoutFindings(await probeCheckout()) };
}

/** What is examined with packages, one of which may be what is missing. */
async function everythingElse(aim: Aim): Promise<Group[]> {
  try {
    const { examine } = await import("../tools/doctor/index.ts");
    return await examine(aim.kubeconfig ? { ...aim, meshed: await dev() } : aim);
  } catch (error) {
    return [{ purpose: "everything else", findings: [unexamined("npm packages", error)] }];
  }
}

/** What dev says of its mesh; undefined where the shop cannot be loaded, which synth tells better. */
async function dev(): Promise<Meshed | undefined> {
  const { loadShop, meshedOf } = await import("./loaded-shop.ts");
  return loadShop()
    .then((shop) => meshedOf(shop, "dev"))
    .catch(() => undefined);
}

function paragraph({ purpose, findings }: Group): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  const heading = styleText("bold", purpose, { stream: process.stdout });
  return [heading, ...findings.map((finding) => line(finding, width))].join("\n");
}

const marks: Record<State, { readonly sign: string; readonly colour: "green" | "cyan" | "red" | "gray" }> = {
  ok: { sign: "ok", colour: "green" },
  due: { sign: "due", colour: "cyan" },
  missing: { sign: "missing", colour: "red" },
  outdated: { sign: "outdated", colour: "red" },
  note: { sign: "note", colour: "gray" },
};

function line({ subject, state, words, remedy }: Finding, width: number): string {
  const { sign, colour } = marks[state];
  const mark = styleText(colour, sign.padEnd(8), { stream: process.stdout });
  const indent = `\n${" ".repeat(12)}`;
  const text = [words, ...(remedy ? [`-> ${remedy}`] : [])].join("\n").replaceAll("\n", indent);
  return `  ${mark}  ${subject.padEnd(width)}  ${text}`;
}
