/** Everything that can be called: every method of every proto, and every route of the router table. */
import type { DescMethod, DescService } from "@bufbuild/protobuf";
import type { Access } from "../../../src/auth/scope.ts";
import { ROUTES } from "../../../src/http/app.ts";
import { OPERATIONS } from "../../../src/http/openapi/operations.ts";
import { createRpcDoor } from "../../../src/rpc/mount.ts";

export interface Operation {
  /** `SendEvent` of the routes, `detent.v1.MachineService/SendEvent` of the methods. */
  readonly name: string;
  /** Undefined: it does not say. */
  readonly access: Access | undefined;
  readonly method: string;
  /** With its parameters as `:name`. */
  readonly path: string;
  readonly hasBody: boolean;
  readonly isRpc: boolean;
  /** Answers one message after another. */
  readonly isStream: boolean;
  /** Of a route: the method that does the same. */
  readonly rpc: string | null;
}

declare global {
  interface ImportMeta {
    /** Vite's. */
    glob(pattern: string, options: { readonly eager: true }): Record<string, object>;
  }
}

const modules = import.meta.glob("../../../src/gen/**/*_pb.ts", { eager: true });

function isService(value: unknown): value is DescService {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "service";
}

/** Every method that the protos have, served or not. */
const METHODS: readonly DescMethod[] = Object.values(modules)
  .flatMap((module) => Object.values(module) as unknown[])
  .filter(isService)
  .flatMap((service) => service.methods);

const { access } = createRpcDoor();

export const OPERATIONS_OF_ALL_DOORS: readonly Operation[] = [
  ...ROUTES.map(({ operation, access: asked, method, path, body }) => ({
    name: operation,
    access: asked,
    method,
    path,
    hasBody: body !== undefined,
    isRpc: false,
    isStream: operation === "WatchMachine",
    rpc: OPERATIONS[operation].rpc,
  })),
  ...METHODS.map((method) => {
    const name = `${method.parent.typeName}/${method.name}`;
    return {
      name,
      access: access.get(`/${name}`),
      method: "POST",
      path: `/${name}`,
      hasBody: true,
      isRpc: true,
      isStream: method.methodKind === "server_streaming",
      rpc: null,
    };
  }),
];
