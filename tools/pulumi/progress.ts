/** The words of a run of the CLI that a person wants to read; nothing for a line that tells them nothing. */
type Progress = (line: string) => string | undefined;

/**
 * Follows an update by the lines of `pulumi up --non-interactive --color never`: what is made, what is waited for, what
 * warns, and how it ended. Elsewhere than on a terminal each line stays, and so resources are told by the two dozen.
 */
export function progress({ every = 1 } = {}): Progress {
  const done = new Set<string>();
  const said = new Set<string>();
  let ending = false;

  /** The CLI repeats itself whenever any line of its display changes. */
  function once(words: string | undefined): string | undefined {
    if (words === undefined || said.has(words)) return undefined;
    said.add(words);
    return words;
  }

  function finished({ name, state, awaited }: ResourceLine): string | undefined {
    const isNew = !done.has(name);
    done.add(name);
    if (awaited) return once(`waiting for ${name}: ${awaited}`);
    if (!isNew || done.size % every !== 0) return undefined;
    return every === 1 ? `${done.size} done, the last: ${name} ${state}` : `${done.size} resources done`;
  }

  return (line) => {
    ending ||= /^(Diagnostics|Outputs|Resources):$/.test(line);
    if (ending) return outcome(line);
    const resource = resourceLine(line);
    if (resource === undefined) return once(remark(line));
    return resource.state.endsWith("ed") ? finished(resource) : once(remark(line));
  };
}

interface ResourceLine {
  readonly name: string;
  /** `creating`, `created`, … */
  readonly state: string;
  /** What the deployment waits for, in the words of our own await. */
  readonly awaited: string | undefined;
}

/** ` +  kubernetes:apps/v1:Deployment deployment/dev-order/order created (0.2s) waiting: 1 of 1 pods updated` */
function resourceLine(line: string): ResourceLine | undefined {
  const [, name, state, rest = ""] =
    /^ *[-+~<>=]{1,2} +\S+ (\S+) (\S+(?:ing|ed)) \([\d.]+s\) ?(.*)$/.exec(line) ?? [];
  if (name === undefined || state === undefined) return undefined;
  return { name, state, awaited: /(?:^|; )waiting: (.+)$/.exec(rest)?.[1] };
}

/** A warning or an error, unless it is of the kit's own making. */
function remark(line: string): string | undefined {
  const words = /\b((?:warning|error): .+)$/.exec(line)?.[1];
  return words === undefined || isKnown(words) ? undefined : words;
}

/** `9 created`, `87 unchanged`, `-1 deleted` */
function outcome(line: string): string | undefined {
  const [, count] =
    /^ {4}(?:[-+~]{1,2} ?)?(\d+ (?:created|updated|deleted|replaced|unchanged|forgotten))$/.exec(line) ?? [];
  return count;
}

/** The kit names its programs on PATH, and runs the newest provider that can be built everywhere. */
const known = [/using pulumi-\S+ from \$PATH at /, /resource plugin \S+ is expected to have version/];

function isKnown(words: string): boolean {
  return known.some((pattern) => pattern.test(words));
}

/** The CLI's words without the warnings that everybody gets. */
export function withoutKnownWarnings(text: string): string {
  return text
    .split("\n")
    .filter((line) => !isKnown(line))
    .join("\n");
}
