/** What a figure has to keep to. */
export interface Aim {
  /** The promise, with its limit. */
  readonly promise: string;
  /** The figure in words, or what it would have taken to have one. */
  readonly measured: string;
  /** Omitted: nothing was measured that would tell. */
  readonly met?: boolean;
}

/** A measurement as main.ts prints it. */
export interface Measurement {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  readonly aims: readonly Aim[];
  /** Every run, for `--json`. */
  readonly runs: unknown;
}

/** Says where a measurement has got to. */
export type Say = (line: string) => void;
