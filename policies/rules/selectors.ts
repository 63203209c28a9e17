/** A CEL condition: a label selector, an optional, selects these labels. An absent selector selects nothing, an empty one all. */
export function selects(selector: string, labels: string): string {
  return `(${selector}.hasValue()
    && ${selector}.?matchLabels.orValue({}).all(key,
      key in ${labels} && ${labels}[key] == ${selector}.?matchLabels.orValue({})[key])
    && ${selector}.?matchExpressions.orValue([]).all(e,
      e.operator == "In" ? (e.key in ${labels} && ${labels}[e.key] in e.values)
      : e.operator == "NotIn" ? !(e.key in ${labels} && ${labels}[e.key] in e.values)
      : e.operator == "Exists" ? e.key in ${labels}
      : !(e.key in ${labels})))`;
}

/** A CEL condition: something keeps the pods of a template apart, and it selects them. */
export function spreads(template: string): string {
  const labels = `${template}.?metadata.?labels.orValue({})`;
  const apart = `${template}.?spec.?affinity.?podAntiAffinity`;
  return `(${template}.?spec.?topologySpreadConstraints.orValue([]).exists(c, ${selects("c.?labelSelector", labels)})
    || ${apart}.?requiredDuringSchedulingIgnoredDuringExecution.orValue([])
      .exists(c, ${selects("c.?labelSelector", labels)})
    || ${apart}.?preferredDuringSchedulingIgnoredDuringExecution.orValue([])
      .exists(c, ${selects("c.?podAffinityTerm.?labelSelector", labels)}))`;
}
