/**
 * What a durable event costs at the least on this platform: the same router, one object per machine, one insert and one
 * update per call. Nothing is parsed or checked.
 */
import { DurableObject } from "cloudflare:workers";
import { Hono } from "hono";

interface FloorBindings {
  readonly FLOORS: DurableObjectNamespace<FloorObject>;
}

export class FloorObject extends DurableObject<FloorBindings> {
  constructor(ctx: DurableObjectState, env: FloorBindings) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS head (only INTEGER PRIMARY KEY, revision INTEGER NOT NULL)");
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS log (revision INTEGER PRIMARY KEY, at INTEGER NOT NULL)");
    ctx.storage.sql.exec("INSERT OR IGNORE INTO head (only, revision) VALUES (1, 0)");
  }

  event(): number {
    return this.ctx.storage.transactionSync(() => {
      const sql = this.ctx.storage.sql;
      const { revision } = sql
        .exec<{ revision: number }>("UPDATE head SET revision = revision + 1 RETURNING revision")
        .one();
      sql.exec("INSERT INTO log (revision, at) VALUES (?, ?)", revision, Date.now());
      return revision;
    });
  }
}

const app = new Hono<{ Bindings: FloorBindings }>();

app.post("/event/:id", async (c) => {
  const revision = await c.env.FLOORS.getByName(c.req.param("id")).event();
  return c.json({ result: "transitioned", revision });
});

export default app;
