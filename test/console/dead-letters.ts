/**
 * Dead letters on a server of `npm start`, where no queue gives up in the time of a test: they are written to its database as the
 * consumer of `events-dlq` writes them (src/catalog/dead-letters.ts). What is redriven is real.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface Letter {
  readonly configuration: string;
  readonly machineId: string;
  readonly eventId: string;
  readonly contentType: "json" | "text";
  readonly body: string;
}

/** Of the tenant `dev`, oldest first. */
export function putDeadLetters(stateDir: string, letters: readonly Letter[]): void {
  const dir = join(stateDir, "v3/d1/miniflare-D1DatabaseObject");
  const name = readdirSync(dir).find((file) => /^[0-9a-f]{64}\.sqlite$/.test(file));
  if (name === undefined) throw new Error(`there is no database in ${dir}`);
  const db = new DatabaseSync(join(dir, name), { timeout: 5_000 });
  const insert = db.prepare(
    `INSERT INTO dead_letters (tenant, at, id, configuration, machine_id, event_id, content_type, body)
     VALUES ('dev', ?, ?, ?, ?, ?, ?, ?)`,
  );
  const now = Date.now();
  for (const [i, letter] of letters.entries()) {
    const { configuration, machineId, eventId, contentType, body } = letter;
    insert.run(now + i, crypto.randomUUID(), configuration, machineId, eventId, contentType, body);
  }
  db.close();
}
