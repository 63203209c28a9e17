/** An AnalysisRun of Argo Rollouts, as far as its failure goes. */
export interface AnalysisRun {
  metadata: { name: string };
  status?: {
    phase?: string;
    message?: string;
    metricResults?: readonly { name: string; measurements?: readonly Measurement[] }[];
  };
}

interface Measurement {
  phase: string;
  message?: string;
  metadata?: Record<string, string>;
}

const bad: ReadonlySet<string | undefined> = new Set(["Failed", "Error", "Inconclusive"]);

/** Why an analysis did not pass, measurement by measurement; empty when it passed or still runs. */
export function analysisTroubles(run: AnalysisRun): string[] {
  const { phase, message } = run.status ?? {};
  if (!bad.has(phase)) return [];
  const measurements = badMeasurements(run).map(({ metric, measurement }) =>
    [`${metric} ${measurement.phase}`, measurement.message].filter(Boolean).join(": "),
  );
  return [[phase, message].filter(Boolean).join(": "), ...measurements];
}

/** The Jobs whose failure made an analysis fail. */
export function jobNames(run: AnalysisRun): string[] {
  return badMeasurements(run).flatMap(({ measurement }) => measurement.metadata?.["job-name"] ?? []);
}

function badMeasurements({ status }: AnalysisRun): { metric: string; measurement: Measurement }[] {
  return (status?.metricResults ?? []).flatMap(({ name, measurements = [] }) =>
    measurements.filter(({ phase }) => bad.has(phase)).map((measurement) => ({ metric: name, measurement })),
  );
}
