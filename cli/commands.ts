import type { Command } from "commander";

/** A command as far as help and completion need it before it is loaded. */
export interface CommandEntry {
  /** One line in the list of commands. */
  readonly summary: string;
  /** What one types, without the name of the program, and what it does. */
  readonly examples: readonly (readonly [words: string, what: string])[];
  /** Not listed: for programs alone. */
  readonly hidden?: true;
  /** What is special about its exit codes. */
  readonly exitCodes?: string;
  /** Loaded when asked for, so that synth does not wait for Pulumi or a cluster client. */
  readonly load: () => Promise<Command>;
}

/** Every command, in the order in which one meets them. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  init: {
    summary: "make a new shop of one service",
    examples: [
      ["init my-shop", "asks for names at a terminal, and makes the folder"],
      ["init --name my-shop --service order --yes", "here, and asks nothing"],
    ],
    exitCodes: "1 also: files are in the way, and nothing was written",
    load: async () => (await import("./init.ts")).initCommand(),
  },
  start: {
    summary: "bring dev up, and show that the shop works",
    examples: [
      ["start", "everything, on the local cluster"],
      [
        "start --kubeconfig ~/.kube/config --context kind-dev --registry ghcr.io/mountainpass",
        "on a cluster of yours",
      ],
      ["start --archive", "only build the images, and say how to load them into kind"],
    ],
    load: async () => (await import("./start.ts")).startCommand(),
  },
  stop: {
    summary: "stop the local cluster; its data stay",
    examples: [["stop", "nothing is left running"]],
    load: async () => (await import("./stop.ts")).stopCommand(),
  },
  synth: {
    summary: "write an environment's YAML for GitOps",
    examples: [
      ["synth production", "writes dist/production, and prints how to apply it with kubectl"],
      ["synth production --json", "the files, the Secrets and the sequence for a program"],
    ],
    load: async () => (await import("./synth.ts")).synthCommand(),
  },
  diff: {
    summary: "show what differs in an environment's objects, and which pods it restarts",
    examples: [
      ["diff -s production", "what the working tree changes since the last commit"],
      ["diff -s production --against origin/main --markdown", "a comment for the pull request"],
      ["diff -s production --against v1.2.0 --json --exit-code", "for a program, and for a gate in CI"],
      [
        "diff -s production --against-dir ../gitops/production",
        "what GitOps holds and this shop would change",
      ],
    ],
    exitCodes: "2 with --exit-code: there are differences",
    load: async () => (await import("./diff.ts")).diffCommand(),
  },
  explain: {
    summary: "trace a rendered field to the lines that it comes from, and the reasons",
    examples: [
      ["explain order spec.template.spec.terminationGracePeriodSeconds", "a field of the workload in dev"],
      ["explain order spec.minReplicas -s production", "of whatever object has it, in another environment"],
      ["explain order spec.replicas --object StatefulSet/order-database", "of one object among several"],
      ["explain order spec.strategy", "everything beneath it, as a table"],
      [`explain order 'metadata.annotations["argocd.argoproj.io/sync-wave"]' --json`, "for a program"],
    ],
    load: async () => (await import("./explain.ts")).explainCommand(),
  },
  graph: {
    summary: "show who calls whom, and verify that nothing else is open",
    examples: [
      ["graph -s production", "every call with its budget, and the chains that amplify most"],
      ["graph -s production --format mermaid", "a picture, which GitHub draws"],
      ["graph -s production --json", "the same for a program"],
      [
        "graph -s production --verify",
        "whether the finished objects leave open what is declared, and nothing else",
      ],
      [
        "graph -s production --verify ../gitops/production",
        "whether those in a folder do, written by hand or not",
      ],
    ],
    exitCodes: "2 with --verify: something else is open, or something declared is not",
    load: async () => (await import("./graph.ts")).graphCommand(),
  },
  policy: {
    summary: "judge objects by the policies, whoever wrote them, and explain what each rule is for",
    examples: [
      ["policy check manifests/ job.yaml", "any YAML or JSON: every rule is mandatory"],
      ["policy check - -s production", "what comes through a pipe, as production is judged"],
      ["policy check - --json", "the same for a program"],
      ["policy explain", "every rule, how bad it is to break it, and where it is in force"],
      ["policy explain disruption-budget", "why, what it looks at, and manifests that pass and fail"],
      ["policy review -s production", "what fails, what is advice, what is exempted, and where to mend it"],
      [
        "policy review -s production --against origin/main --markdown",
        "with what changed, a comment for the pull request",
      ],
      [
        "policy review -s production --sarif review.sarif --junit review.xml",
        "a table here, and files for code scanning and for CI",
      ],
      ["policy review -s production --html review.html", "one page to look at and to send round"],
    ],
    exitCodes:
      "1 from check: something could not be read, and the rest was judged; 2 from check and review: a mandatory rule is broken, or an exemption has expired",
    load: async () => (await import("./policy.ts")).policyCommand(),
  },
  deploy: {
    summary: "deploy one service alone, and leave the others as they run",
    examples: [
      ["deploy dev order", "refuses, with a list, where running callers still ask what it gives up"],
    ],
    exitCodes: "2 also: it would break what runs, or changes of no service are due",
    load: async () => (await import("./deploy.ts")).deployCommand(),
  },
  doctor: {
    summary: "say what this machine lacks, and the command that mends it",
    examples: [
      ["doctor", "for npm start on the local cluster"],
      ["doctor --kubeconfig ~/.kube/config --context kind-dev", "for a cluster of yours"],
      ["doctor --json", "the same for a program"],
    ],
    exitCodes: "3: something is missing or too old",
    load: async () => (await import("./doctor.ts")).doctorCommand(),
  },
  upgrade: {
    summary: "change the version of the kit, having shown what that changes",
    examples: [
      ["upgrade --diff", "what the newest version would change, in every environment"],
      ["upgrade 0.2.0 --diff -s production --exit-code", "one version, one environment, for a gate in CI"],
      ["upgrade 0.2.0", "the same, and then changes package.json; refuses when pods would restart"],
    ],
    exitCodes: "2 also: pods would restart, or with --diff --exit-code there are differences",
    load: async () => (await import("./upgrade.ts")).upgradeCommand(),
  },
  cluster: {
    summary: "start, stop, look at or remove the local cluster",
    examples: [
      ["cluster status", "what runs of it"],
      ["cluster status --json", "the same for a program"],
      ["cluster reset", "stop it and remove its data"],
    ],
    exitCodes: "3 from status: not all of it runs",
    load: async () => (await import("./cluster.ts")).clusterCommand(),
  },
  completion: {
    summary: "print the completion script of a shell",
    examples: [
      ["completion bash", "in ~/.bashrc: source <(npx pressurevalve completion bash)"],
      ["completion zsh", "in ~/.zshrc, after compinit: source <(npx pressurevalve completion zsh)"],
      ["completion fish", "in ~/.config/fish/config.fish: npx pressurevalve completion fish | source"],
    ],
    load: async () => (await import("./completion.ts")).completionCommand(),
  },
  complete: {
    summary: "what may stand in the place of the last word",
    examples: [],
    hidden: true,
    load: async () => (await import("./completion.ts")).completeCommand(),
  },
};
