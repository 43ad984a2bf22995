// JSON Schema 2020-12, the part that our restated schemas use. A keyword that is not known here is a mistake of ours and throws.

import {isObject} from "../formats/read.js";

const patterns = new Map();

/** The first rule that `value` breaks: `{path, rule, expected}`, or null. `root` holds `$defs`. */
export function broken(schema, value, root = schema, path = "") {
  if (schema === true) return null;
  if (schema === false) return {path: path || "/", rule: "unexpected", expected: ""};
  for (const [keyword, rule] of Object.entries(schema)) {
    const check = KEYWORDS[keyword];
    if (check === undefined) throw new Error(`the schema keyword ${keyword} is not known here`);
    const found = check(rule, value, {schema, root, path});
    if (found) return found;
  }
  return null;
}

const finding = (path, rule, expected) => ({path: path || "/", rule, expected: Array.isArray(expected) ? expected.join(", ") : String(expected)});
const equal = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function kindOf(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
}

function matches(pattern, text) {
  if (!patterns.has(pattern)) patterns.set(pattern, new RegExp(pattern, "u"));
  return patterns.get(pattern).test(text);
}

const KEYWORDS = {
  $schema: () => null,
  $defs: () => null,
  $ref: (reference, value, {root, path}) => broken(root.$defs[reference.split("/").pop()], value, root, path),
  type(types, value, {path}) {
    const kind = kindOf(value);
    const allowed = Array.isArray(types) ? types : [types];
    return allowed.includes(kind) || (kind === "integer" && allowed.includes("number")) ? null : finding(path, "type", allowed);
  },
  const: (expected, value, {path}) => (equal(expected, value) ? null : finding(path, "value", expected)),
  enum: (options, value, {path}) => (options.some((option) => equal(option, value)) ? null : finding(path, "value", options)),
  pattern: (pattern, value, {path}) => (typeof value !== "string" || matches(pattern, value) ? null : finding(path, "pattern", "")),
  if(condition, value, {schema, root, path}) {
    const branch = broken(condition, value, root, path) === null ? schema.then : schema.else;
    return branch === undefined ? null : broken(branch, value, root, path);
  },
  then: () => null,
  else: () => null,
  allOf(schemas, value, {root, path}) {
    for (const each of schemas) {
      const found = broken(each, value, root, path);
      if (found) return found;
    }
    return null;
  },
  anyOf: (schemas, value, {root, path}) => (schemas.some((each) => broken(each, value, root, path) === null) ? null : finding(path, "other", "anyOf")),
  not: (schema, value, {root, path}) => (broken(schema, value, root, path) === null ? finding(path, "other", "not") : null),
  required(names, value, {path}) {
    const missing = isObject(value) ? names.find((name) => !Object.hasOwn(value, name)) : undefined;
    return missing === undefined ? null : finding(path, "missing", missing);
  },
  properties(properties, value, {root, path}) {
    if (!isObject(value)) return null;
    for (const [name, each] of Object.entries(properties)) {
      const found = Object.hasOwn(value, name) ? broken(each, value[name], root, `${path}/${name}`) : null;
      if (found) return found;
    }
    return null;
  },
  additionalProperties(rule, value, {schema, root, path}) {
    if (!isObject(value)) return null;
    for (const name of Object.keys(value)) {
      if (Object.hasOwn(schema.properties ?? {}, name)) continue;
      const found = rule === false ? finding(path, "unexpected", name) : broken(rule, value[name], root, `${path}/${name}`);
      if (found) return found;
    }
    return null;
  },
  propertyNames(rule, value, {root, path}) {
    if (!isObject(value)) return null;
    return Object.keys(value).map((name) => broken(rule, name, root, path)).find(Boolean) ?? null;
  },
  items(rule, value, {root, path}) {
    if (!Array.isArray(value)) return null;
    for (const [index, item] of value.entries()) {
      const found = broken(rule, item, root, `${path}/${index}`);
      if (found) return found;
    }
    return null;
  },
  contains(rule, value, {root, path}) {
    if (!Array.isArray(value) || value.some((item) => broken(rule, item, root, path) === null)) return null;
    return finding(path, "value", rule.enum ?? [rule.const]);
  },
  minItems: (least, value, {path}) => (Array.isArray(value) && value.length < least ? finding(path, "empty", "") : null),
  minProperties: (least, value, {path}) => (isObject(value) && Object.keys(value).length < least ? finding(path, "empty", "") : null),
};
