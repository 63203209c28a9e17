import { Fault } from "../fault.ts";
import { findBinding } from "./binding.ts";
import type { Description } from "./description.ts";
import { log } from "./log.ts";
import { awaitDatabase, connect, expire, migrate } from "./postgres.ts";

type Pool = Awaited<ReturnType<typeof connect>>;

/** The command `migrate`: brings the service's database up to date. */
export async function runMigration(description: Description): Promise<void> {
  await withDatabase(description, async (pool) => {
    log("migrated", { schema: await migrate(pool) });
  });
}

/** The command `job <name>`: whatever its name, it lets records go that are older than RETENTION. */
export async function runJob(description: Description, name: string | undefined): Promise<void> {
  if (name === undefined) {
    throw new Fault("job needs a name: job <name>", 1);
  }
  await withDatabase(description, async (pool) => {
    log("job done", { job: name, ...(await expire(pool, description.retention)) });
  });
}

async function withDatabase(
  { bindingRoot, databaseDeadline }: Description,
  work: (pool: Pool) => Promise<void>,
): Promise<void> {
  endOnSignal();
  const binding = await findBinding(bindingRoot, "postgresql");
  if (binding === undefined) {
    log("no database, so nothing to do");
    return;
  }
  const pool = await connect(binding);
  try {
    await awaitDatabase(pool, databaseDeadline);
    await work(pool);
  } finally {
    await pool.end();
  }
}

/** The kernel gives process 1 of a container no default action for signals. */
function endOnSignal(): void {
  process.once("SIGTERM", () => process.exit(143));
}
