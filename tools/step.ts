import { Listr, ListrLogger, PRESET_TIMER, ProcessOutput } from "listr2";

/** One named step of a longer run. */
export interface Step {
  readonly title: string;
  /** Whether there is nothing to do. A finished step is skipped and says so. Omitted: the step always runs. */
  readonly done?: () => Promise<boolean>;
  /** Does the work. `say` shows one line of progress under the title. */
  readonly run: (say: (line: string) => void) => Promise<void>;
}

/**
 * Runs steps in order: a task list on a terminal, plain lines elsewhere, always on stderr, so that stdout
 * stays free for a command's own result.
 *
 * @throws whatever the first failing step throws; the steps after it do not run.
 */
export function runSteps(steps: readonly Step[]): Promise<void> {
  return process.stderr.isTTY ? runAsTaskList(steps) : runAsLines(steps);
}

async function runAsTaskList(steps: readonly Step[]): Promise<void> {
  const logger = new ListrLogger({
    useIcons: true,
    processOutput: new ProcessOutput(process.stderr, process.stderr),
  });
  const tasks = steps.map((step) => ({
    title: step.title,
    skip: async () => ((await step.done?.()) ? `${step.title}: already done` : false),
    task: (_context: unknown, task: { output: string }) =>
      step.run((line) => {
        task.output = line;
      }),
  }));
  await new Listr(tasks, {
    renderer: "default",
    // Listr asks whether stdout is a terminal; ours is stderr, and was asked above.
    fallbackRendererCondition: false,
    rendererOptions: { logger, timer: PRESET_TIMER, showErrorMessage: false, collapseErrors: false },
  }).run();
}

async function runAsLines(steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    await runAsLine(step);
  }
}

async function runAsLine(step: Step): Promise<void> {
  if (await step.done?.()) {
    print(`${step.title}: already done`);
    return;
  }
  print(step.title);
  const started = performance.now();
  await step.run((line) => print(`  ${line}`));
  print(`  done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}
