/** How a method comes to the door: with who may call it, declared beside it. */
import type { DescMethod } from "@bufbuild/protobuf";
import type { MethodImpl } from "@connectrpc/connect";
import type { Access } from "../auth/scope.ts";

/** Serves a method to those who have `access`. What was not registered is not served. */
export type Register = <M extends DescMethod>(method: M, access: Access, handle: MethodImpl<M>) => void;
