import { setTimeout } from "node:timers/promises";
import pg from "pg";
import { Fault } from "../fault.ts";
import { type Binding, read } from "./binding.ts";
import { warn } from "./log.ts";
import { Problem } from "./problem.ts";
import type { ServiceRecord } from "./record.ts";
import { FEW, type Store } from "./store.ts";

/** Each entry is applied once, in order, and never edited afterwards. */
const MIGRATIONS = [
  `CREATE TABLE records (
     collection text NOT NULL,
     id text NOT NULL,
     created timestamptz NOT NULL DEFAULT now(),
     record json NOT NULL,
     PRIMARY KEY (collection, id))`,
  "CREATE INDEX records_by_age ON records (collection, created DESC)",
];

/** Any number that no other lock of the database has; two migrations at once take turns by it. */
const MIGRATION_LOCK = 7_355_608;

/** Connections to the database of a binding. The password is read anew for each, so a renewed Secret heals by itself. */
export async function connect(binding: Binding): Promise<pg.Pool> {
  const [host, port, user, database] = await Promise.all(
    ["host", "port", "username", "database"].map((key) => read(binding, key)),
  );
  const pool = new pg.Pool({
    host,
    port: Number(port),
    user,
    database,
    password: () => read(binding, "password"),
    max: 10,
    connectionTimeoutMillis: 2000,
  });
  // Without a listener, an idle connection that the server ends would end this process.
  pool.on("error", (error) => warn("a database connection was lost", error));
  return pool;
}

/** The store of a service with a database. */
export function postgresStore(pool: pg.Pool): Store {
  const query = (text: string, values: unknown[] = []) => asking(pool, text, values);
  const find = async (collection: string, id: string) =>
    (await query("SELECT record FROM records WHERE collection = $1 AND id = $2", [collection, id]))[0];
  return {
    async keep(collection, record) {
      await query(
        "INSERT INTO records (collection, id, record) VALUES ($1, $2, $3) ON CONFLICT (collection, id) DO NOTHING",
        [collection, record.id, record],
      );
      return (await find(collection, record.id)) ?? record;
    },
    replace: async (collection, record) => {
      await query(
        "INSERT INTO records (collection, id, record) VALUES ($1, $2, $3) ON CONFLICT (collection, id) DO UPDATE SET record = EXCLUDED.record",
        [collection, record.id, record],
      );
    },
    remove: async (collection, id) => {
      await query("DELETE FROM records WHERE collection = $1 AND id = $2", [collection, id]);
    },
    find,
    newest: (collection) =>
      query("SELECT record FROM records WHERE collection = $1 ORDER BY created DESC LIMIT $2", [
        collection,
        FEW,
      ]),
    check: async () => {
      await query("SELECT FROM records LIMIT 0");
    },
    close: () => pool.end(),
  };
}

async function asking(pool: pg.Pool, text: string, values: unknown[]): Promise<ServiceRecord[]> {
  try {
    const { rows } = await pool.query<{ record: ServiceRecord }>(timed(text, values));
    return rows.map((row) => row.record);
  } catch (cause) {
    throw new Problem(503, "Service Unavailable", "the database does not answer", {
      headers: { "retry-after": "1" },
      cause,
    });
  }
}

/** pg takes the time limit, in milliseconds, though its types do not know of it. */
function timed(text: string, values: unknown[]): pg.QueryConfig & { query_timeout: number } {
  return { text, values, query_timeout: 5000 };
}

/** Brings the schema up to date and returns its version. Runs as often, and as often at once, as one likes. */
export async function migrate(pool: pg.Pool): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    await client.query("CREATE TABLE IF NOT EXISTS migrations (version integer PRIMARY KEY)");
    await applyMissing(client);
    await client.query("COMMIT");
    return MIGRATIONS.length;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function applyMissing(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ version: number }>("SELECT version FROM migrations");
  const applied = new Set(rows.map((row) => row.version));
  for (const [index, statement] of MIGRATIONS.entries()) {
    if (!applied.has(index + 1)) {
      await client.query(statement);
      await client.query("INSERT INTO migrations (version) VALUES ($1)", [index + 1]);
    }
  }
}

/** Deletes the records older than `retention` milliseconds; says how many went and how many are left. */
export async function expire(pool: pg.Pool, retention: number): Promise<{ expired: number; left: number }> {
  const { rowCount } = await pool.query(
    "DELETE FROM records WHERE created < now() - $1 * interval '1 millisecond'",
    [retention],
  );
  const { rows } = await pool.query<{ left: number }>('SELECT count(*)::integer AS "left" FROM records');
  return { expired: rowCount ?? 0, left: rows[0]?.left ?? 0 };
}

/** @throws Fault with the last error when the database does not answer within the deadline, in milliseconds. */
export async function awaitDatabase(pool: pg.Pool, deadline: number): Promise<void> {
  const until = Date.now() + deadline;
  for (;;) {
    try {
      await pool.query("SELECT 1");
      return;
    } catch (error) {
      await pauseOrGiveUp(until, error as Error);
    }
  }
}

async function pauseOrGiveUp(until: number, error: Error): Promise<void> {
  if (Date.now() >= until) {
    throw new Fault(
      `the database does not answer: ${error.message}; DATABASE_DEADLINE is how long to wait`,
      3,
    );
  }
  await setTimeout(250);
}
