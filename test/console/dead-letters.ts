/**
 * Dead letters on a server of `npm start`, where no queue gives up in the time of a test: they are written to its database as the
 * consumer of `events-dlq` writes them (src/catalog/dead-letters.ts). What is redriven is real.
 */
import { withCatalog } from "./catalog-file.ts";

export interface Letter {
  /** One is made when absent. */
  readonly id?: string;
  readonly configuration: string;
  readonly machineId: string;
  readonly eventId: string;
  readonly contentType: "json" | "text";
  readonly body: string;
}

/** Of the tenant `dev`, oldest first; the first was received at `at`, epoch ms. */
export async function putDeadLetters(stateDir: string, letters: readonly Letter[], at = Date.now()): Promise<void> {
  await withCatalog(stateDir, (db) => {
    const insert = db.prepare(
      `INSERT OR IGNORE INTO dead_letters (tenant, at, id, configuration, machine_id, event_id, content_type, body)
       VALUES ('dev', ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const [i, letter] of letters.entries()) {
      const { id = crypto.randomUUID(), configuration, machineId, eventId, contentType, body } = letter;
      insert.run(at + i, id, configuration, machineId, eventId, contentType, body);
    }
  });
}
