// What a document says, as statements in safe mode, from contexts that are at hand: by jsonld.js and rdf-canonize.

import {Refused} from "../formats/encodings.js";
import {isObject} from "../formats/read.js";
import {canonize, jsonld} from "../vendor/libraries.js";

const UNDEFINED = ["invalid property", "relative @type reference", "relative type reference"];
const KEYWORDS = [
  "@context", "@id", "@type", "@value", "@language", "@direction", "@list", "@set", "@graph", "@included", "@nest", "@reverse",
];
// eslint-disable-next-line no-control-regex
const IRI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\#\ufffe\uffff]*(?:#[^\x00-\x20<>"{}|^`\\#\ufffe\uffff]*)?$/;
let contexts = {};

/** The pinned contexts by address; set once, when the page starts. */
export function pin(documents) {
  contexts = documents;
}

export const isPinned = (address) => Object.hasOwn(contexts, address);

async function documentLoader(url) {
  if (!isPinned(url)) throw new Refused("linked_data.context_unavailable", {url});
  return {documentUrl: url, document: contexts[url], contextUrl: null};
}

/** The statements of `document` (an RDF dataset). Throws Refused: `undefined_term` (term), `linked_data.context_unavailable`, or `linked_data.…`. */
export async function statements(document) {
  refuseWhatWouldBePassedOver(document);
  const options = {safe: true, documentLoader, rdfDirection: "i18n-datatype", base: null};
  try {
    const expanded = await jsonld.expand(document, options);
    refuseUnwritable(expanded);
    return await jsonld.toRDF(expanded, {...options, skipExpansion: true});
  } catch (error) {
    throw translated(error);
  }
}

/** Identifiers, types and properties that no statement can hold; jsonld.js would leave some of them out, and keep others as they are. */
function refuseUnwritable(value) {
  if (Array.isArray(value)) {
    for (const item of value) refuseUnwritable(item);
  } else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      if (name === "@id" && !isNode(item)) throw new Refused("linked_data.invalid_iri");
      if (name === "@type" && !("@value" in value) && !(Array.isArray(item) ? item : [item]).every(isNode)) {
        throw new Refused("undefined_term", {term: String(item)});
      }
      if (!name.startsWith("@") && !IRI.test(name)) throw new Refused("linked_data.invalid_iri", {term: name});
      if (name !== "@value") refuseUnwritable(item);
    }
  }
}

const isNode = (text) => typeof text === "string" && (IRI.test(text) || /^_:\S+$/.test(text));

/** The canonical N-Quads of `document`. Throws as `statements`, and Refused `linked_data.too_complex`. */
export async function canonical(document, hash) {
  const dataset = await statements(document);
  if (dataset.length === 0) throw new Refused("linked_data.empty");
  try {
    return await canonize(dataset, {algorithm: "RDFC-1.0", messageDigestAlgorithm: hash.replace("-", "").toLowerCase(), maxWorkFactor: 1});
  } catch {
    throw new Refused("linked_data.too_complex");
  }
}

/** What jsonld.js leaves out without a word, also in safe mode; the library refuses it by name. */
function refuseWhatWouldBePassedOver(value) {
  if (Array.isArray(value)) {
    for (const item of value) refuseWhatWouldBePassedOver(item);
  } else if (isObject(value)) {
    for (const name of Object.keys(value)) {
      if (name === "__proto__") throw new Refused("undefined_term", {term: name});
      if (/^@[a-zA-Z]+$/.test(name) && !KEYWORDS.includes(name)) throw new Refused("linked_data.invalid_keyword", {term: name});
      if (name !== "@context") refuseWhatWouldBePassedOver(value[name]);
    }
  } else {
    refuseInexact(value);
  }
}

/** A whole number beyond 2^53 is no longer the one that was written; `code` as the caller names it. */
export function refuseInexact(value, code = "linked_data.number") {
  if (Array.isArray(value)) for (const item of value) refuseInexact(item, code);
  else if (isObject(value)) for (const item of Object.values(value)) refuseInexact(item, code);
  else if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new Refused(code);
}

function translated(error) {
  for (let cause = error; cause; cause = cause.cause ?? cause.details?.cause) {
    if (cause instanceof Refused) return cause;
    const event = cause.details?.event;
    if (event && UNDEFINED.includes(event.code)) {
      const details = event.details ?? {};
      return new Refused("undefined_term", {term: String(details.property ?? details.type ?? "")});
    }
    if (event) return new Refused(`linked_data.${String(event.code).replaceAll(" ", "_")}`);
    if (cause.details?.code === "loading remote context failed" && cause.details.url && !isPinned(cause.details.url)) {
      return new Refused("linked_data.context_unavailable", {url: cause.details.url});
    }
  }
  return new Refused(`linked_data.${String(error.details?.code ?? "invalid").replaceAll(" ", "_")}`);
}
