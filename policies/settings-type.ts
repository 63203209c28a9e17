/**
 * The type of the resource by which a Pulumi stack says how it is judged: its inputs are Settings, all but the day.
 * The pack reads it, because a pack knows no environments.
 */
export const settingsType = "pressurevalve:index:Policies";
