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

/** The labels of the pods that a workload makes, a CEL map. */
export function podLabels(workload: string): string {
  return `${workload}.?spec.?template.?metadata.?labels.orValue({})`;
}
