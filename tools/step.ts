import { Listr, ListrLogger, PRESET_TIMER, ProcessOutput } from "listr2";
import { interruptible } from "./interruption.ts";

/** One named step of a longer run. */
export interface Step {
  readonly title: string;
  /** Whether there is nothing to do. A finished step is skipped and says so. Omitted: the step always runs. */
  readonly done?: () => Promise<boolean>;
  /** Does the work. `say` shows one line of progress under the title. */
  readonly run: (say: Say) => Promise<void>;
}

type Say = (line: string) => void;

/**
 * Runs steps in order: a task list on a terminal, plain lines elsewhere, always on stderr, so that stdout
 * stays free for a command's own result.
 *
 * @throws whatever the first failing step throws; the steps after it do not run.
 */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  let current = "";
  const onTerminal = process.stderr.isTTY;
  const noted = (isInterrupted: () => boolean) =>
    steps.map((step) => ({
      ...step,
      run: async (say: Say) => {
        current = step.title;
        await step.run(say);
        if (isInterrupted()) throw new Error(`interrupted in "${current}"`);
      },
    }));
  await interruptible(
    () => `${onTerminal ? showCursor : ""}interrupted in "${current}"; the same command goes on from there`,
    (isInterrupted) => (onTerminal ? runAsTaskList : runAsLines)(noted(isInterrupted)),
  );
}

/** The task list hides it while it runs. */
const showCursor = "\u001b[?25h";

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
    // It would end with 127, which says that there is no such command.
    registerSignalListeners: false,
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
