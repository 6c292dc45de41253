/** The OpenAPI document is fresh, valid, and names what the router table names; its examples are what it says they are. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { REASONS } from "../../src/errors.ts";
import { ROUTES } from "../../src/http/app.ts";
import { createDocument } from "../../src/http/openapi/document.ts";
import type { Document } from "../../src/http/docs/openapi-document.ts";
import { renderDocsPage } from "../../src/http/docs/page.ts";
import { makePage } from "../../src/http/page.ts";
import { OPERATIONS } from "../../src/http/openapi/operations.ts";
import servedPage from "../../src/http/assets/docs-page.json" with { type: "json" };
import served from "../../src/http/assets/openapi.json" with { type: "json" };
import { faultsOf } from "../doors/answer-check.ts";
import type { Json } from "../doors/json.ts";

const document = served as Json;
const operations: Json[] = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
  Object.entries<Json>(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
);

test("src/http/assets/openapi.json is what npm run generate:openapi makes of the routes", () => {
  expect(document).toEqual(createDocument(ROUTES, packageJson.version));
});

test("src/http/assets/docs-page.json is its page", async () => {
  expect(servedPage).toEqual({ docs: await makePage(renderDocsPage(document as Document)) });
});

test("it is valid OpenAPI 3.1, and every reference leads somewhere", async () => {
  expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
});

/** What the schema of OpenAPI leaves open: its schemas are JSON Schema 2020-12, and no keyword is misspelt. */
test("every schema in it is JSON Schema", () => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, validateFormats: false, allowUnionTypes: true });
  ajv.addKeyword("components");
  const { schemas, parameters } = document.components;
  const all: Json[] = [
    ...Object.keys(schemas).map((name) => ({ $ref: `#/components/schemas/${name}` })),
    ...Object.values<Json>(parameters).map(({ schema }) => schema),
  ];
  for (const schema of all) ajv.compile({ ...schema, components: { schemas } });
});

test("router table and document name the same operations", () => {
  const routes = ROUTES.map(
    ({ operation, method, path }) => `${operation} ${method} ${path.replaceAll(/\/:(\w+)/g, "/{$1}")}`,
  );
  const documented = operations.map(({ operationId, method, path }) => `${operationId} ${method} ${path}`);
  expect(documented.toSorted()).toEqual(routes.toSorted());
  expect(new Set(routes.map((route) => route.split(" ")[0])).size).toBe(routes.length);
  expect(Object.keys(OPERATIONS).toSorted()).toEqual(ROUTES.map(({ operation }) => operation as string).toSorted());
});

test("every route but the open ones asks for a credential and its scope, and says so", () => {
  expect(document.security).toEqual([{ bearer: [] }]);
  for (const { operation, access } of ROUTES) {
    const { security, description, responses } = operations.find(({ operationId }) => operationId === operation) ?? {};
    const scopes = ["any", "known", "root"].includes(access) ? [] : [access];
    expect(security, operation).toEqual(access === "open" ? [] : [{ bearer: scopes }]);
    expect(description, operation).toMatch(
      access === "open"
        ? /Needs no credential\.$/
        : scopes.length > 0
          ? `Needs the scope \`${access}\`.`
          : /Needs (?:a|any|the) (?:root )?key/,
    );
    expect("401" in (responses ?? {}), operation).toBe(access !== "open");
  }
});

test("every reason stands in the document, with an example", () => {
  expect(document.components.schemas.Reason.enum).toEqual(Object.keys(REASONS));
  expect(Object.keys(document.components.examples)).toEqual(Object.keys(REASONS));
});

describe.each(Object.keys(REASONS))("the example of %s", (reason) => {
  test("is a problem of that reason", () => {
    const { value } = document.components.examples[reason];
    expect(faultsOf({ $ref: "#/components/schemas/Problem" }, value)).toEqual([]);
    expect(value).toMatchObject({ reason, status: REASONS[reason as keyof typeof REASONS].status });
  });
});

describe.each(operations.map((operation) => [operation.operationId as string, operation] as const))(
  "%s",
  (_id, operation) => {
    test("its examples are of the shapes they stand beside", () => {
      const bodies = [operation.requestBody, ...Object.values<Json>(operation.responses)]
        .flatMap((part) => Object.values<Json>(part?.content ?? {}))
        .filter(({ example }) => example !== undefined);
      for (const { schema, example } of bodies) expect(faultsOf(schema, example), JSON.stringify(example)).toEqual([]);
    });

    test("it says what it does, and everything it takes says what it is", () => {
      expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
      expect(operation.description).toMatch(/\.$/);
      for (const parameter of operation.parameters ?? []) {
        const name = parameter.$ref?.split("/").at(-1);
        const { description } = name === undefined ? parameter : document.components.parameters[name];
        expect(description).toMatch(/[.\w`"]$/);
      }
    });

    test("every problem it can be has an example", () => {
      for (const response of Object.values<Json>(operation.responses)) {
        if (response.$ref === undefined) continue;
        const { content } = document.components.responses[response.$ref.split("/").at(-1)];
        const { schema, examples } = content["application/problem+json"];
        expect(Object.keys(examples)).toEqual(schema.allOf[1].properties.reason.enum);
      }
    });
  },
);
