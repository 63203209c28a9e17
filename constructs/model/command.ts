import { z } from "zod";

/** Arguments for the image's own entrypoint. Kubernetes: containers[].args */
export const commandArguments = z
  .array(
    z
      .string()
      .max(4096, "must have at most 4096 characters; shorten it")
      .regex(/^[^\0]*$/, "must hold no NUL; remove it"),
  )
  .min(1, "must have at least one argument; say what the image is to do")
  .max(64, "must have at most 64 arguments; pass the rest as configuration");
