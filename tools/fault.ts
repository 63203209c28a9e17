/** 1: the input is wrong; 2: a check failed; 3: the environment (a cluster, a tool) is missing. */
export type ExitCode = 1 | 2 | 3;

/** An error meant for the person at the terminal: printed as it is, without a stack. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
