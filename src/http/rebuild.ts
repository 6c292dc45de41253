/** The routes that make a wrong index right. */
import * as rebuild from "../service/rebuild.ts";
import type { RebuildProgress } from "../upkeep/rebuild.ts";
import { readOptionalJson, readQuery } from "./input.ts";
import { timeOf } from "./output.ts";
import type { Ctx, Route } from "./route.ts";
import { SHAPES } from "./shapes.ts";

const PATH = "/api/v1/index:rebuild";

export const REBUILD_ROUTES: readonly Route[] = [
  { method: "POST", path: PATH, handle: startRebuild },
  { method: "GET", path: PATH, handle: getRebuild },
];

/** Without a body the registry is walked; with one, the machines it names are asked. */
async function startRebuild(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  const machines = (await readOptionalJson(c.req.raw, SHAPES.rebuild))?.machines;
  return machines === undefined
    ? c.json(progressJson(await rebuild.startRebuild(c.env.house, principal)), 202)
    : c.json(await rebuild.tellMachines(c.env.house, principal, machines));
}

async function getRebuild(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  return c.json(progressJson(await rebuild.getRebuild(c.env.house, principal)));
}

function progressJson({ startedAt, finishedAt, walked, corrected, removed, failed }: RebuildProgress) {
  return {
    started_at: timeOf(startedAt),
    finished_at: finishedAt === undefined ? undefined : timeOf(finishedAt),
    walked,
    corrected,
    removed,
    failed,
  };
}
