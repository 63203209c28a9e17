import { setImmediate, setTimeout } from "node:timers/promises";

export interface CapacitySettings {
  /** What serving costs: `wait` passes the time, `cpu` burns it, so that an autoscaler can see the load. */
  readonly kind: "wait" | "cpu";
  /** How many requests are served at a time. */
  readonly concurrency: number;
  /** What each of them takes, in milliseconds. */
  readonly serviceTime: number;
  /** How many may wait for their turn. */
  readonly queue: number;
}

/** The service has as many requests waiting as it may have. */
export class Overload extends Error {
  override readonly name = "Overload";
}

/**
 * A set capacity, concurrency / service time in requests a second, so that a test knows what a replica
 * bears instead of finding out what the machine happens to bear. Waiting for a callee takes none of it.
 */
export class Capacity {
  readonly #settings: CapacitySettings;
  readonly #waiting: (() => void)[] = [];
  #serving = 0;

  constructor(settings: CapacitySettings) {
    this.#settings = settings;
  }

  /** Waits for a turn and spends the service time. @throws Overload when the queue is full. */
  async serve(): Promise<void> {
    await this.#turn();
    try {
      await this.#spend();
    } finally {
      this.#pass();
    }
  }

  async #turn(): Promise<void> {
    if (this.#serving < this.#settings.concurrency) {
      this.#serving += 1;
      return;
    }
    if (this.#waiting.length >= this.#settings.queue) {
      throw new Overload(
        `${this.#serving} requests are served and ${this.#waiting.length} wait, the most allowed`,
      );
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Hands the turn to whoever waits longest. */
  #pass(): void {
    const next = this.#waiting.shift();
    if (next) {
      next();
    } else {
      this.#serving -= 1;
    }
  }

  #spend(): Promise<unknown> {
    const { kind, serviceTime } = this.#settings;
    return kind === "cpu" ? burn(serviceTime) : setTimeout(serviceTime);
  }
}

/** In slices, so that probes are answered meanwhile; by the thread's own clock, so that throttling does not count as work. */
async function burn(milliseconds: number): Promise<void> {
  for (let burnt = 0; burnt < milliseconds; ) {
    const from = processorTime();
    const slice = Math.min(2, milliseconds - burnt);
    while (processorTime() - from < slice);
    burnt += slice;
    await setImmediate();
  }
}

function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
