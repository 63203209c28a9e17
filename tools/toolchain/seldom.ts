/** Shows one line of progress. */
export type Say = (line: string) => void;

/** Passes on a line now and then: on a terminal they replace each other, elsewhere they fill a log. */
export function seldom(say: Say): (line: () => string) => void {
  const interval = process.stderr.isTTY ? 500 : 5000;
  let last = performance.now();
  return (line) => {
    if (performance.now() - last < interval) return;
    last = performance.now();
    say(line());
  };
}
