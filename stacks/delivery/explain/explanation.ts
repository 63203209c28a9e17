import type { Line } from "./sources.ts";

/** Where a field of a rendered object comes from. */
export interface Explanation {
  readonly service: string;
  readonly environment: string;
  readonly object: { readonly kind: string; readonly namespace?: string; readonly name: string };
  readonly path: string;
  readonly value: unknown;
  /** What decides on the value, in the order in which a person would look for it. */
  readonly sources: readonly Source[];
  /** What a person wrote without which the field would not be there. */
  readonly because: readonly Source[];
}

/** One thing that a field comes from. */
export interface Source {
  /**
   * `description`: what a team wrote of its service; `environment`: a value of the environment; `default`: what the kit
   * takes where the description says nothing; `constant`: what the kit always takes; `kit`: the line that writes the field;
   * `overridden`: what the description says, and the environment says otherwise.
   */
  readonly kind: "description" | "environment" | "overridden" | "default" | "constant" | "kit";
  /** Field of the description or of the environment, such as `calls[0].timeout`. */
  readonly field?: string;
  /** As a person writes it. */
  readonly value?: string;
  readonly at?: Line;
  /** What its docstring or comment says. */
  readonly reason?: string;
}
