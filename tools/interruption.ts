import { writeSync } from "node:fs";

/** What a terminal, a process manager and a closed terminal send to have a command end. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

type Interruption = (typeof signals)[number];

let waitedFor = 0;

/**
 * Does some work. When the command is told to end meanwhile, it says `words` and ends as the signal would have ended it;
 * where a program that it runs is being stopped in good order, after that one. The work may ask whether it was told so.
 */
export async function interruptible<Value>(
  words: () => string,
  work: (isInterrupted: () => boolean) => Promise<Value>,
): Promise<Value> {
  let received: Interruption | undefined;
  const interrupt = (signal: Interruption) => {
    received = signal;
    // A task list holds back what is written to process.stderr until it is through.
    writeSync(process.stderr.fd, `\n${words()}\n`);
    if (waitedFor === 0) end(signal);
  };
  const end = (signal: Interruption) => {
    stopListening();
    process.kill(process.pid, signal);
  };
  const stopListening = listen(interrupt);
  try {
    return await work(() => received !== undefined);
  } finally {
    if (received === undefined) stopListening();
    else end(received);
  }
}

/**
 * Has `stop` called on every interruption instead of this process ending, until the returned function is called. For
 * a program of a process group of its own, which the terminal therefore does not interrupt by itself.
 */
export function stopInGoodOrder(stop: (signal: Interruption) => void): () => void {
  waitedFor += 1;
  const stopListening = listen(stop);
  return () => {
    waitedFor -= 1;
    stopListening();
  };
}

function listen(listener: (signal: Interruption) => void): () => void {
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}
