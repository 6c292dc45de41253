/** The catalog's database as the local server keeps it: a SQLite file under its storage. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Opens it, for one short piece of work, and closes it. The server may run, but answers 503 while its file is locked; this
 * waits for the server for 10 s. Rejects when there is no server's storage in `stateDir`.
 */
export async function withCatalog<T>(stateDir: string, work: (db: DatabaseSync) => T): Promise<T> {
  const d1 = join(stateDir, "v3/d1");
  const names = await readdir(d1, { recursive: true });
  for (const name of names.filter((found) => found.endsWith(".sqlite"))) {
    const db = new DatabaseSync(join(d1, name), { timeout: 10_000 });
    try {
      const found = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'dead_letters'").get();
      if (found === undefined) continue;
      db.exec("BEGIN IMMEDIATE");
      const result = work(db);
      db.exec("COMMIT");
      return result;
    } finally {
      db.close();
    }
  }
  throw new Error(`${stateDir} has no catalog`);
}
