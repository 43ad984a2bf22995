// Is it built as the standards ask, and can it mean only one thing? As testamur.verification.checks.structure does it.

import {Refused} from "../formats/encodings.js";
import {isObject, many} from "../formats/read.js";
import {isPinned, statements} from "../proofs/linked_data.js";
import {related} from "./related.js";
import {broken} from "./schema.js";

export const CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1";
export const CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2";
const OPEN_BADGES = /^https:\/\/purl\.imsglobal\.org\/spec\/ob\/v3p0\/context(-3\.\d\.\d)?\.json$/;
const CREDENTIALS = "https://www.w3.org/2018/credentials#";
const DECISIVE = ["credentialStatus", "credentialSubject", "issuer", "validFrom", "validUntil", "issuanceDate", "expirationDate"];

/** The findings about the structure of `one` (a case), in the library's order. */
export async function checks(one, data) {
  return [...contexts(one, data), ...types(one), ...schema(one, data), ...related(one, data.contextDigests), ...(await terms(one))];
}

/** Only whether its words have one meaning, for documents that are read but not shown: status lists. */
export async function meaning(one) {
  const inline = many(one.document["@context"]).findIndex((context) => typeof context !== "string");
  const found = inline < 0 ? [] : [["structure.context_inline", {position: inline + 1}]];
  return [...found, ...(await terms(one))];
}

function contexts(one, data) {
  const listed = many(one.document["@context"]);
  if (listed[0] !== CREDENTIALS_V1 && listed[0] !== CREDENTIALS_V2) {
    return [["structure.context_order", {position: 1, expected: CREDENTIALS_V2}]];
  }
  const badge = one.isAchievement || one.isEndorsement;
  const second = typeof listed[1] === "string" ? listed[1] : "";
  if (badge && !OPEN_BADGES.test(second)) return [["structure.context_order", {position: 2, expected: data.openBadges}]];
  const inline = listed.findIndex((context) => typeof context !== "string");
  if (inline >= 0) return [["structure.context_inline", {position: inline + 1}]];
  const unknown = listed.find((context) => !isPinned(context));
  if (unknown !== undefined) return [["structure.context_unavailable", {context: unknown}]];
  if (one.version === "1.1") return [["structure.context_older", {context: CREDENTIALS_V1, current: CREDENTIALS_V2}]];
  if (badge && second !== data.openBadges) return [["structure.context_older", {context: second, current: data.openBadges}]];
  return [["structure.context_known", {contexts: listed}]];
}

function types(one) {
  if (!one.types.includes("VerifiableCredential")) return [["structure.type_missing", {expected: "VerifiableCredential"}]];
  if (one.format === "open_badges_3" && !one.isAchievement && !one.isEndorsement) {
    return [["structure.type_missing", {expected: "OpenBadgeCredential"}]];
  }
  return [["structure.type_known", {types: one.types}]];
}

function schema(one, data) {
  const badge = one.isAchievement || one.isEndorsement;
  const name = badge ? `${one.isAchievement ? "achievement" : "endorsement"} ${one.version}` : "credential";
  const found = broken(data.schemas[name], one.document);
  const words = badge ? "Open Badges 3.0" : `W3C Verifiable Credentials ${one.version}`;
  return [found ? ["structure.schema_broken", {...found, count: 1}] : ["structure.schema_met", {schema: words}]];
}

async function terms(one) {
  const [otherwise] = notPlain(one.document, "");
  if (otherwise) return [["structure.term_ambiguous", {term: otherwise[0], path: otherwise[1] || "/"}]];
  const {proof: _, ...document} = one.document;
  let dataset;
  try {
    dataset = await statements(document);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.code === "linked_data.context_unavailable") {
      const {url} = error.facts;
      // Of one at the top the check of the contexts has said it already.
      return many(document["@context"]).includes(url) ? [] : [["structure.context_unavailable", {context: url}]];
    }
    if (error.code === "undefined_term") return [["structure.term_undefined", {term: error.facts.term, path: "/"}]];
    return [["structure.not_linked_data", {reason: error.code}]];
  }
  const moved = movedStatement(document, dataset);
  return moved ? [["structure.moved_statement", {term: moved}]] : [["structure.terms_defined", {}]];
}

/** Every key that is not a plain name, with its place. A `@context` inside may only name vocabularies. */
function* notPlain(value, path) {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (Array.isArray(item)) yield ["[]", `${path}/${index}`];
      yield* notPlain(item, `${path}/${index}`);
    }
  } else if (isObject(value)) {
    const languageValue = "@value" in value && Object.keys(value).every((name) => ["@value", "@language", "@direction"].includes(name));
    for (const [name, item] of Object.entries(value)) {
      if (name === "@context") {
        if (path && !many(item).every((context) => typeof context === "string")) yield [name, path];
        continue;
      }
      if ((name.startsWith("@") || name.includes(":")) && !languageValue) yield [name, path];
      // A JSON Schema in a credential is a JSON literal: it is signed letter by letter.
      if (name !== "jsonSchema") yield* notPlain(item, `${path}/${name}`);
    }
  }
}

/** The first decisive statement about the credential that the graph has and the top of the JSON has not, or not as often. */
function movedStatement(document, dataset) {
  if (typeof document.id !== "string" || !document.id) return null;
  for (const name of DECISIVE) {
    const stated = new Set(
      dataset
        .filter((quad) => quad.graph.termType === "DefaultGraph" && quad.subject.value === document.id && quad.predicate.value === CREDENTIALS + name)
        .map((quad) => JSON.stringify(quad.object)),
    );
    const written = new Set(many(document[name]).map((value, at) => (isObject(value) ? value.id : value) || `the one at ${at}`));
    if (stated.size > written.size) return name;
  }
  return null;
}
