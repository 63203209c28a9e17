import { availableParallelism } from "node:os";
import type { ProgramName } from "./program.ts";

/**
 * What one package costs on average, in seconds of one core: the 10,132 compilations of all programs but Istio's took
 * 55 minutes of CPU time. Only the first guess comes from it; the build's own pace takes over.
 */
const secondsPerPackage = (55 * 60) / 10_132;

/** How many packages the first guess counts for: the early packages, Go's own, are smaller than those to come. */
const trust = 500;

/**
 * The packages that each program adds when all are built in this order with an empty cache, counted by `go list -deps`:
 * a guess for where Go is not at hand or its modules are not, which `go build -n` makes exact.
 */
export const packagesOf: Readonly<Record<ProgramName, number>> = {
  kubernetes: 2520,
  kubelet: 100,
  "kube-proxy": 27,
  kubectl: 192,
  pause: 1,
  coredns: 1143,
  "metrics-server": 998,
  "rollouts-controller": 1353,
  "local-path-provisioner": 488,
  "pilot-discovery": 1358,
  "pilot-agent": 70,
  "istio-cni": 27,
  istioctl: 241,
  prometheus: 285,
  crane: 57,
  cyclonus: 370,
  "kube-score": 125,
  pulumi: 1228,
  "pulumi-language-nodejs": 276,
  "pulumi-resource-kubernetes": 1379,
  kyverno: 2214,
  // Only tests build it, alone.
  helm: 964,
};

/** How far a build is. */
interface BuildProgress {
  /** Packages compiled so far. */
  readonly compiled: number;
  /** Packages to compile in all. */
  readonly total: number;
  /** Seconds since it began. */
  readonly seconds: number;
}

/** Seconds that are left, by the pace so far and, while that is short, by the pace of earlier builds. */
export function secondsLeft(
  { compiled, total, seconds }: BuildProgress,
  cores: number = availableParallelism(),
): number {
  const pace = ((secondsPerPackage / cores) * trust + seconds) / (trust + compiled);
  return Math.max(0, total - compiled) * pace;
}

/** A time in words that promise no more than an estimate holds: `about 12 min`, `about 40 s`, `a few seconds`. */
export function roughly(seconds: number): string {
  if (seconds < 10) return "a few seconds";
  if (seconds < 90) return `about ${Math.round(seconds / 10) * 10} s`;
  return `about ${Math.round(seconds / 60)} min`;
}
