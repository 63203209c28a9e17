import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../../tools/fault.ts";
import { type AliasAllowance, mostAliased } from "./outline.ts";
import { type Reading, readStream } from "./stream.ts";

/** How much one reading takes. All of it is held in memory, because rules look at several objects together. */
interface Allowance extends AliasAllowance {
  bytes: number;
}

const mebibytes = 64;

const remedy = "name a file of YAML or JSON, a folder of them, or - for stdin";

/**
 * Reads files, folders however deep, and `-`, which is stdin. What cannot be read is a problem, and the rest is read
 * all the same.
 */
export async function readObjects(sources: readonly string[]): Promise<Reading> {
  const allowance: Allowance = { bytes: mebibytes * 1024 * 1024, nodes: mostAliased };
  const found: Reading[] = [];
  for (const source of sources) found.push(await readSource(source, allowance));
  return joined(found);
}

async function readSource(source: string, allowance: Allowance): Promise<Reading> {
  return orProblem(spelled(source), async () => {
    const isFolder = source !== "-" && (await stat(source)).isDirectory();
    const found = await (isFolder ? readFolder : readFile)(source, allowance);
    // A program that failed has written nothing, and nothing must not pass.
    if (found.objects.length + found.problems.length === 0) throw new Fault(`holds no object; ${remedy}`, 1);
    return found;
  });
}

/** As kubectl, it goes by the names: a folder may hold anything. */
async function readFolder(folder: string, allowance: Allowance): Promise<Reading> {
  const names = await readdir(folder, { recursive: true });
  const found: Reading[] = [];
  for (const name of names.filter((one) => /\.(ya?ml|json)$/.test(one)).sort()) {
    const path = join(folder, name);
    found.push(
      await orProblem(path, async () =>
        (await stat(path)).isDirectory() ? nothing : readFile(path, allowance),
      ),
    );
  }
  return joined(found);
}

async function readFile(path: string, allowance: Allowance): Promise<Reading> {
  return readStream(spelled(path), await readText(path, allowance), allowance);
}

async function readText(path: string, allowance: Allowance): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // A pipe does not say how much will come.
  for await (const chunk of path === "-" ? process.stdin : createReadStream(path)) {
    size += chunk.length;
    chunks.push(chunk);
    if (size > allowance.bytes)
      throw new Fault(
        `more than ${mebibytes} MiB in all are too much for one run; judge a namespace at a time`,
        1,
      );
  }
  allowance.bytes -= size;
  return decoded(Buffer.concat(chunks));
}

function decoded(bytes: Buffer): string {
  const text = textOf(bytes);
  if (text === undefined || text.includes("\0")) throw new Fault(`is no text in UTF-8; ${remedy}`, 1);
  return text;
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

async function orProblem(file: string, read: () => Promise<Reading>): Promise<Reading> {
  try {
    return await read();
  } catch (error) {
    return { objects: [], problems: [{ at: { file }, message: describe(error) }] };
  }
}

/** What is wrong with a file; a defect of ours is none of it. */
function describe(error: unknown): string {
  if (error instanceof Fault) return error.message;
  const { syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === undefined) throw error;
  return `cannot be read: ${message}; ${remedy}`;
}

const nothing: Reading = { objects: [], problems: [] };

function spelled(source: string): string {
  return source === "-" ? "stdin" : source;
}

function joined(readings: readonly Reading[]): Reading {
  return {
    objects: readings.flatMap(({ objects }) => objects),
    problems: readings.flatMap(({ problems }) => problems),
  };
}
