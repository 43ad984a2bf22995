// JSON, read without trust (RFC 8259 with the restrictions of I-JSON, RFC 7493): as testamur.strict_json does it. The browser's own
// reader lets pass what two readers understand differently, above all a key that stands twice.

import {Refused} from "./encodings.js";

const LARGEST = 1_000_000;
const DEEPEST = 64;
const LONGEST_NUMBER = 64;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\n\r]*/y;

/** The JSON value in `data` (bytes or text). Throws Refused with the code that the library gives. */
export function parse(data, {largest = LARGEST, deepest = DEEPEST} = {}) {
  if (data.length > largest) throw new Refused("input.too_large");
  let text = data;
  if (typeof data !== "string") {
    try {
      text = new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(data);
    } catch {
      throw new Refused("input.json_encoding");
    }
  }
  if (text.startsWith("\ufeff")) text = text.slice(1);
  const reader = {text, at: 0, depth: 0, deepest};
  const value = one(reader);
  skip(reader);
  if (reader.at !== text.length) throw new Refused("input.json_syntax");
  return value;
}

function skip(reader) {
  SPACE.lastIndex = reader.at;
  SPACE.exec(reader.text);
  reader.at = SPACE.lastIndex;
}

function one(reader) {
  skip(reader);
  const sign = reader.text[reader.at];
  if (sign === "{" || sign === "[") {
    reader.depth += 1;
    if (reader.depth > reader.deepest) throw new Refused("input.json_depth");
    const value = sign === "{" ? members(reader) : items(reader);
    reader.depth -= 1;
    return value;
  }
  if (sign === '"') return string(reader);
  for (const [word, value] of [["true", true], ["false", false], ["null", null]]) {
    if (reader.text.startsWith(word, reader.at)) {
      reader.at += word.length;
      return value;
    }
  }
  return number(reader);
}

function string(reader) {
  STRING.lastIndex = reader.at;
  const found = STRING.exec(reader.text);
  if (!found) throw new Refused("input.json_syntax");
  reader.at = STRING.lastIndex;
  const value = JSON.parse(found[0]);
  if (!value.isWellFormed()) throw new Refused("input.json_surrogate");
  return value;
}

function number(reader) {
  if (/^(?:NaN|-?Infinity)/.test(reader.text.slice(reader.at, reader.at + 9))) throw new Refused("input.json_number");
  NUMBER.lastIndex = reader.at;
  const found = NUMBER.exec(reader.text);
  if (!found) throw new Refused("input.json_syntax");
  reader.at = NUMBER.lastIndex;
  const value = Number(found[0]);
  if (found[0].length > LONGEST_NUMBER || !Number.isFinite(value)) throw new Refused("input.json_number");
  return value;
}

function members(reader) {
  const value = {};
  const seen = new Set();
  reader.at += 1;
  skip(reader);
  if (reader.text[reader.at] === "}") {
    reader.at += 1;
    return value;
  }
  for (;;) {
    skip(reader);
    const key = string(reader);
    if (seen.has(key)) throw new Refused("input.json_duplicate_key");
    seen.add(key);
    skip(reader);
    if (reader.text[reader.at] !== ":") throw new Refused("input.json_syntax");
    reader.at += 1;
    // Not by assignment: the key "__proto__" must be a key like any other.
    Object.defineProperty(value, key, {value: one(reader), enumerable: true, configurable: true, writable: true});
    skip(reader);
    const sign = reader.text[reader.at];
    reader.at += 1;
    if (sign === "}") return value;
    if (sign !== ",") throw new Refused("input.json_syntax");
  }
}

function items(reader) {
  const value = [];
  reader.at += 1;
  skip(reader);
  if (reader.text[reader.at] === "]") {
    reader.at += 1;
    return value;
  }
  for (;;) {
    value.push(one(reader));
    skip(reader);
    const sign = reader.text[reader.at];
    reader.at += 1;
    if (sign === "]") return value;
    if (sign !== ",") throw new Refused("input.json_syntax");
  }
}
