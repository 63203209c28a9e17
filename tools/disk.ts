import { existsSync, statfsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { machineCache } from "./cache.ts";
import { Fault } from "./fault.ts";
import { shopRoot } from "./shop-root.ts";

const MEBIBYTE = 2 ** 20;

/** Bytes that this user may still write in a folder, or in the nearest folder above that exists. */
export function freeSpace(folder: string): number {
  if (!existsSync(folder)) return freeSpace(dirname(folder));
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/**
 * @param folder where the room is needed
 * @param bytes how much
 * @param purpose what for, such as `the local cluster`
 * @param remedy what to do besides making room
 * @throws Fault (exit code 3) that names the folder, what it has free and what it needs
 */
export function requireRoom(folder: string, bytes: number, purpose: string, remedy: string): void {
  const free = freeSpace(folder);
  if (free >= bytes) return;
  throw new Fault(
    `${purpose} needs ${mebibytes(bytes)} in ${folder}, whose disk has ${mebibytes(free)} free; make room there, or ${remedy}`,
    3,
  );
}

/** Whether words of ours or of a program that we ran tell of a full disk. */
export function saysDiskFull(words: string): boolean {
  return /\bENOSPC\b|\bEDQUOT\b|no space left on device|disk quota exceeded|enough free space/i.test(words);
}

/** Whether one of the disks that we write to is full. A program that we run may fail for it and not say so, as apt does. */
export function isAnyDiskFull(): boolean {
  return writtenFolders.some((folder) => freeSpace(folder) < MEBIBYTE);
}

/**
 * What a person needs to know about a full disk: how much is free where we write, the least first. It is said after
 * what was half-written has gone, so a full disk may have room again.
 */
export function diskWords(): string {
  const free = [...onePerDisk(writtenFolders)].sort((left, right) => freeSpace(left) - freeSpace(right));
  const list = free.map((folder) => `  ${folder}: ${mebibytes(freeSpace(folder))}`);
  return [
    "a disk is full; free now:",
    ...list,
    "make room and run the same command again; it goes on from there",
  ].join("\n");
}

/** Where we and the programs that we run write. */
const writtenFolders = [
  shopRoot,
  ...[".local", ".local/cluster", ".local/images", ".local/pulumi", "dist"].map((name) =>
    join(shopRoot, name),
  ),
  machineCache,
  tmpdir(),
];

/** Of folders on the same disk the first; one that is not there yet is left out. */
function onePerDisk(folders: readonly string[]): Iterable<string> {
  const there = folders.filter((folder) => existsSync(folder)).reverse();
  return new Map(there.map((folder) => [statSync(folder).dev, folder])).values();
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / MEBIBYTE)} MiB`;
}
