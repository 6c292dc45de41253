/**
 * Groups of the official suite that are refused at upload, and why. An entry that no longer holds fails the test.
 */
export const REASONS = {
  dynamic: /"\$dynamic(Ref|Anchor)" is refused/,
  nested_id: /"\$id" stands at the root only/,
  remote: /a schema refers to itself only/,
  no_schema: /refers to no subschema/,
  dependencies: /"dependencies" is refused/,
  draft: /"\$schema" is the draft/,
  unknown_keyword: /There is no keyword/,
} as const;

/** By file and group. */
export const REFUSED: Readonly<Record<string, Readonly<Record<string, keyof typeof REASONS>>>> = {
  "anchor.json": {
    "Location-independent identifier with absolute URI": "nested_id",
    "Location-independent identifier with base URI change in subschema": "nested_id",
    "same $anchor with different base uri": "nested_id",
  },
  "defs.json": {
    "validate definition against metaschema": "remote",
  },
  "dynamicRef.json": {
    "A $dynamicRef to a $dynamicAnchor in the same schema resource behaves like a normal $ref to an $anchor": "dynamic",
    "A $dynamicRef to an $anchor in the same schema resource behaves like a normal $ref to an $anchor": "dynamic",
    "A $ref to a $dynamicAnchor in the same schema resource behaves like a normal $ref to an $anchor": "dynamic",
    "A $dynamicRef resolves to the first $dynamicAnchor still in scope that is encountered when the schema is evaluated":
      "dynamic",
    "A $dynamicRef without anchor in fragment behaves identical to $ref": "dynamic",
    "A $dynamicRef with intermediate scopes that don't include a matching $dynamicAnchor does not affect dynamic scope resolution":
      "dynamic",
    "An $anchor with the same name as a $dynamicAnchor is not used for dynamic scope resolution": "dynamic",
    "A $dynamicRef without a matching $dynamicAnchor in the same schema resource behaves like a normal $ref to $anchor":
      "dynamic",
    "A $dynamicRef with a non-matching $dynamicAnchor in the same schema resource behaves like a normal $ref to $anchor":
      "dynamic",
    "A $dynamicRef that initially resolves to a schema with a matching $dynamicAnchor resolves to the first $dynamicAnchor in the dynamic scope":
      "dynamic",
    "A $dynamicRef that initially resolves to a schema without a matching $dynamicAnchor behaves like a normal $ref to $anchor":
      "dynamic",
    "multiple dynamic paths to the $dynamicRef keyword": "dynamic",
    "after leaving a dynamic scope, it is not used by a $dynamicRef": "dynamic",
    "strict-tree schema, guards against misspelled properties": "dynamic",
    "tests for implementation dynamic anchor and reference link": "dynamic",
    "$ref and $dynamicAnchor are independent of order - $defs first": "dynamic",
    "$ref and $dynamicAnchor are independent of order - $ref first": "dynamic",
    "$ref to $dynamicRef finds detached $dynamicAnchor": "remote",
    "$dynamicRef points to a boolean schema": "dynamic",
    "$dynamicRef skips over intermediate resources - direct reference": "dynamic",
    "$dynamicRef avoids the root of each schema, but scopes are still registered": "dynamic",
  },
  "optional/cross-draft.json": {
    "refs to historic drafts are processed as historic drafts": "remote",
  },
  "optional/dependencies-compatibility.json": {
    "single dependency": "dependencies",
    "empty dependents": "dependencies",
    "multiple dependents required": "dependencies",
    "dependencies with escaped characters": "dependencies",
    "single schema dependency": "dependencies",
    "boolean subschemas": "dependencies",
    "schema dependencies with escaped characters": "dependencies",
  },
  "optional/dynamicRef.json": {
    "$dynamicRef skips over intermediate resources - pointer reference across resource boundary": "dynamic",
  },
  "optional/format-assertion.json": {
    "schema that uses custom metaschema with format-assertion: false": "draft",
    "schema that uses custom metaschema with format-assertion: true": "draft",
  },
  "optional/id.json": {
    "$id inside an enum is not a real identifier": "nested_id",
  },
  "optional/refOfUnknownKeyword.json": {
    "reference of a root arbitrary keyword ": "unknown_keyword",
    "reference of a root arbitrary keyword with encoded ref": "unknown_keyword",
    "reference of an arbitrary keyword of a sub-schema": "unknown_keyword",
    "reference internals of known non-applicator": "no_schema",
    "reference of an arbitrary keyword of a sub-schema with encoded ref": "unknown_keyword",
  },
  "optional/unknownKeyword.json": {
    "$id inside an unknown keyword is not a real identifier": "nested_id",
  },
  "ref.json": {
    "remote ref, containing refs itself": "remote",
    "Recursive references between schemas": "nested_id",
    "refs with relative uris and defs": "nested_id",
    "relative refs with absolute uris and defs": "nested_id",
    "$id must be resolved against nearest parent, not just immediate parent": "nested_id",
    "order of evaluation: $id and $ref": "nested_id",
    "order of evaluation: $id and $anchor and $ref": "nested_id",
    "order of evaluation: $id and $ref on nested schema": "nested_id",
    "URN ref with nested pointer ref": "nested_id",
    "ref to if": "nested_id",
    "ref to then": "nested_id",
    "ref to else": "nested_id",
    "ref with absolute-path-reference": "nested_id",
  },
  "refRemote.json": {
    "remote ref": "remote",
    "fragment within remote ref": "remote",
    "anchor within remote ref": "remote",
    "ref within remote ref": "remote",
    "base URI change": "nested_id",
    "base URI change - change folder": "nested_id",
    "base URI change - change folder in subschema": "nested_id",
    "root ref in remote ref": "remote",
    "remote ref with ref to defs": "remote",
    "Location-independent identifier in remote ref": "remote",
    "retrieved nested refs resolve relative to their URI not $id": "remote",
    "remote HTTP ref with different $id": "remote",
    "remote HTTP ref with different URN $id": "remote",
    "remote HTTP ref with nested absolute ref": "remote",
    "$ref to $ref finds detached $anchor": "remote",
  },
  "unevaluatedItems.json": {
    "unevaluatedItems with $dynamicRef": "dynamic",
  },
  "unevaluatedProperties.json": {
    "unevaluatedProperties with $dynamicRef": "dynamic",
  },
  "vocabulary.json": {
    "schema that uses custom metaschema with with no validation vocabulary": "draft",
    "ignore unrecognized optional vocabulary": "draft",
  },
};
