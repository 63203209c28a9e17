export {
  differences,
  type ObjectDifference,
  type ServiceDifferences,
  type ServiceObjects,
} from "./differences.ts";
export { asDocument } from "./document.ts";
export type { Effect, Verdict } from "./effects.ts";
export type { FieldChange } from "./fields.ts";
export { asMarkdown } from "./markdown.ts";
export { type ObjectName, spellObject, stem } from "./object.ts";
export { type Path, spellPath } from "./path.ts";
export { type PlatformDifferences, platformDifferences, spellPlatform } from "./platform.ts";
export { type Restart, restarts } from "./restarts.ts";
export { plural, some, verdict } from "./summary.ts";
export { asText } from "./text.ts";
