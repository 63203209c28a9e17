/** What became of one request. */
export interface Sample {
  /** When it was sent, in milliseconds since the epoch. */
  readonly sent: number;
  /** How long its answer took, or what came in its place. */
  readonly milliseconds: number;
  /** 0 where no answer came. */
  readonly status: number;
  /** The body, or why there was none. */
  readonly text: string;
}

/** Load that goes on until it is stopped. */
export interface OpenLoop {
  /** What was answered so far, in the order of the answers. */
  readonly samples: readonly Sample[];
  /** Sends no more, and waits for what is under way. */
  stop(): Promise<readonly Sample[]>;
}

/** Longer than any budget, so that an answer that comes too late is seen to be late. */
const patience = 15_000;

/**
 * Sends requests at a steady rate, whether or not earlier ones are answered: slow answers do not slow down who asks, as
 * customers are not slowed down. With a body a POST, each of them a new one.
 */
export function startOpenLoop(url: string, options: { perSecond: number; body?: object }): OpenLoop {
  const began = Date.now();
  const samples: Sample[] = [];
  const underWay = new Set<Promise<void>>();
  const init: RequestInit =
    options.body === undefined
      ? {}
      : {
          method: "POST",
          body: JSON.stringify(options.body),
          headers: { "content-type": "application/json" },
        };
  let asked = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((Date.now() - began) / 1000) * options.perSecond);
    for (; asked < due; asked += 1) {
      const one = sample(url, init).then((answer) => void samples.push(answer));
      underWay.add(one);
      void one.then(() => underWay.delete(one));
    }
  }, 10);
  return {
    samples,
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      return samples;
    },
  };
}

async function sample(url: string, init: RequestInit): Promise<Sample> {
  const sent = Date.now();
  const from = performance.now();
  const since = () => performance.now() - from;
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(patience) });
    const text = await response.text();
    return { sent, milliseconds: since(), status: response.status, text };
  } catch (error) {
    const { message, cause } = error as Error;
    return { sent, milliseconds: since(), status: 0, text: [message, cause].filter(Boolean).join(": ") };
  }
}

/** The time within which this share of the answers came; of no answers, none. */
export function percentile(samples: readonly Sample[], share: number): number {
  const sorted = samples.map(({ milliseconds }) => milliseconds).sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** What a person wants to see of a load. */
export function figures(samples: readonly Sample[]) {
  const byStatus = Object.groupBy(samples, ({ status }) => String(status));
  return {
    requests: samples.length,
    byStatus: Object.fromEntries(Object.entries(byStatus).map(([status, some]) => [status, some?.length])),
    p50Ms: Math.round(percentile(samples, 0.5)),
    p99Ms: Math.round(percentile(samples, 0.99)),
    slowestMs: Math.round(percentile(samples, 1)),
  };
}

/** Shows figures where the run is read, and where docs/reliability.md takes them from. */
export function show(what: string, found: object): void {
  process.stderr.write(`figures of ${what}: ${JSON.stringify(found)}\n`);
}
