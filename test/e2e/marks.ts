/** In the place of a value: one that only a deployment gives. */
export const notYetKnown = "<known only after the deployment>";

/** `{ [secret]: true }`, in the place of a value: the same as a secret. */
export const secret = "<secret>";
