/** The routes that make a wrong index right. */
import * as rebuild from "../service/rebuild.ts";
import type { RebuildProgress } from "../upkeep/rebuild.ts";
import { timeOf } from "../output.ts";
import { route } from "./route.ts";
import { SHAPES } from "./shapes.ts";

const path = "/api/v1/index:rebuild";

/** Without a body the registry is walked; with one, the machines it names are asked. */
const startRebuild = route({
  operation: "StartRebuild",
  access: "ops",
  method: "POST",
  path,
  body: SHAPES.rebuild,
  isBodyOptional: true,
  handle: async ({ c, house, principal, body }) => {
    const machines = body?.machines;
    return machines === undefined
      ? c.json(progressJson(await rebuild.startRebuild(house, principal)), 202)
      : c.json(await rebuild.tellMachines(house, principal, machines));
  },
});

const getRebuild = route({
  operation: "GetRebuild",
  access: "ops",
  method: "GET",
  path,
  handle: async ({ c, house, principal }) => c.json(progressJson(await rebuild.getRebuild(house, principal))),
});

export const REBUILD_ROUTES = [startRebuild, getRebuild];

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
