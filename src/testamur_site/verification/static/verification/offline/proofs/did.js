// From the name of a key to the key: did:key, did:jwk, and what the bundle holds of did:web and of profiles at https addresses.
// As testamur.proofs.did does it: the document is the one that bears the name, it lists the method once, as its own.

import {Refused, base64url, multibase} from "../formats/encodings.js";
import {requiredMoment} from "../formats/moments.js";
import {isObject, many} from "../formats/read.js";
import {parse} from "../formats/strict_json.js";
import {fromJwk, fromMultikey, fromRaw, sameKey} from "./keys.js";

const PURPOSES = ["authentication", "assertionMethod", "keyAgreement", "capabilityInvocation", "capabilityDelegation"];
const SIGNING = PURPOSES.filter((purpose) => purpose !== "keyAgreement");
const DID = /^did:[a-z0-9]+:(?:[A-Za-z0-9._:-]|%[0-9A-Fa-f]{2})+$/;
const FRAGMENT = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})+$/;
const HOST = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const KEY_MEMBERS = ["publicKeyMultibase", "publicKeyJwk", "publicKeyBase58"];
const MOST_METHODS = 256;

/** Split a DID URL or https address into `[base, fragment or null]`. Throws Refused. */
export function split(identifier) {
  if (typeof identifier !== "string" || identifier.length > 16384) throw new Refused("did.syntax");
  const at = identifier.indexOf("#");
  const base = at < 0 ? identifier : identifier.slice(0, at);
  const fragment = at < 0 ? null : identifier.slice(at + 1);
  if (fragment !== null && !FRAGMENT.test(fragment)) throw new Refused("did.syntax");
  if (base.startsWith("did:")) {
    if (!DID.test(base)) throw new Refused("did.syntax");
  } else if (/^https?:\/\//.test(base)) {
    // eslint-disable-next-line no-control-regex
    if (!/^[\x21-\x7e]+$/.test(base) || /[ <>"\\^`{|}]/.test(base) || !URL.canParse(base)) throw new Refused("did.syntax");
    const address = new URL(base);
    if (address.username || address.password) throw new Refused("did.syntax");
    if (address.protocol === "http:" && !LOOPBACK.includes(address.hostname)) throw new Refused("did.not_https");
  } else {
    throw new Refused("did.scheme_unsupported");
  }
  return [base, fragment];
}

/** The address of the document of a did:web. Throws Refused. */
export function didWebAddress(did) {
  const [authority, ...path] = did.slice("did:web:".length).split(":");
  const plain = decode(authority);
  const bracketed = plain.endsWith("]");
  const at = bracketed ? -1 : plain.lastIndexOf(":");
  const host = at < 0 ? plain : plain.slice(0, at);
  const port = at < 0 ? "" : plain.slice(at + 1);
  if (at >= 0 && (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65535)) throw new Refused("did.web_port");
  const loopback = LOOPBACK.includes(host.toLowerCase());
  if (!loopback) {
    const last = host.replace(/\.+$/, "").split(".").pop();
    if (host.startsWith("[") || /^(?:\d+|0[xX][0-9A-Fa-f]*)$/.test(last)) throw new Refused("did.web_ip_host");
    if (!HOST.test(host)) throw new Refused("did.web_host");
  }
  for (const segment of path) {
    const text = decode(segment);
    if (["", ".", ".."].includes(text) || /[/\\?#%\ufffd\p{C}\p{Z}]/u.test(text)) throw new Refused("did.web_path");
  }
  const where = path.length > 0 ? path : [".well-known"];
  return `${loopback ? "http" : "https"}://${host}${port ? `:${port}` : ""}/${where.join("/")}/did.json`;
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "\ufffd";
  }
}

/** The key that stands in the fragment itself, if one does. */
export function keyInFragment(identifier) {
  try {
    return fromMultikey(identifier.split("#").slice(1).join("#"));
  } catch {
    return null;
  }
}

/**
 * The method that `identifier` names: `{id, controller, key, purposes, boundBy, until}`. `fetch(url)` gives `{content, fetchedAt}` or throws
 * Refused (`resolution.…`). Throws Refused; its `kind` says what sort it is: "malformed", "not_found", "unreachable" or "other".
 */
export async function resolve(identifier, fetch) {
  const [base, fragment] = split(identifier);
  if (base.startsWith("did:key:")) {
    const multikey = base.slice("did:key:".length);
    if (fragment !== null && fragment !== multikey) throw new Refused("did.fragment_mismatch");
    return method(`${base}#${multikey}`, base, fromMultikey(multikey), SIGNING, "did:key");
  }
  if (base.startsWith("did:jwk:")) {
    if (fragment !== null && fragment !== "0") throw new Refused("did.fragment_mismatch");
    const jwk = parse(base64url(base.slice("did:jwk:".length)), {deepest: 8});
    return method(`${base}#0`, base, fromJwk(jwk), SIGNING, "did:jwk");
  }
  if (base.startsWith("did:web:")) {
    if (fragment === null) throw new Refused("did.fragment_missing");
    const document = await readDocument(didWebAddress(base), fetch);
    requireId(document, base);
    return find(document, base, identifier, "did:web");
  }
  if (base.startsWith("did:")) throw resolution("did.method_unsupported");
  return https(base, fragment, identifier, fetch);
}

/** The document of a did:web, whose id was checked. Throws Refused. */
export async function documentOf(did, fetch) {
  const document = await readDocument(didWebAddress(did), fetch);
  requireId(document, did);
  return document;
}

const method = (id, controller, key, purposes, boundBy, until = null) => ({id, controller, key, purposes, boundBy, until});

function resolution(code, kind = "other") {
  const error = new Refused(code);
  error.kind = kind;
  return error;
}

async function readDocument(address, fetch) {
  const resource = await fetch(address);
  let document;
  try {
    document = parse(resource.content);
  } catch {
    throw resolution("did.document_unreadable", "unreachable");
  }
  if (!isObject(document)) throw resolution("did.document_unreadable", "unreachable");
  return document;
}

function requireId(document, expected) {
  if (document.id !== expected) throw resolution("did.document_id_mismatch");
}

async function https(address, fragment, identifier, fetch) {
  const inFragment = keyInFragment(identifier);
  try {
    const document = await readDocument(address, fetch);
    const jwk = bareJwk(document, identifier, fragment);
    if (jwk !== null) return method(identifier, address, fromJwk(jwk), [], "https");
    if (fragment === null || (KEY_MEMBERS.some((name) => name in document) && document.id === identifier)) {
      return await single(document, identifier, fetch);
    }
    requireId(document, address);
    return find(document, address, identifier, "https");
  } catch (error) {
    if (inFragment === null || error.kind !== "not_found") throw error;
    const unbound = resolution("did.unbound_fragment_key");
    unbound.reason = error.code;
    throw unbound;
  }
}

function bareJwk(document, identifier, fragment) {
  if ("kty" in document) return document;
  if (!("keys" in document) || "id" in document) return null;
  const names = fragment === null ? [identifier] : [identifier, fragment];
  const keys = many(document.keys).filter((key) => isObject(key) && names.includes(key.kid));
  if (keys.length !== 1) throw resolution("did.method_not_listed", "not_found");
  return keys[0];
}

async function single(document, identifier, fetch) {
  requireId(document, identifier);
  const {controller} = document;
  if (typeof controller !== "string" || controller.includes("#")) throw resolution("did.method_malformed");
  const [base] = split(controller);
  const web = base.startsWith("did:web:");
  if (base.startsWith("did:") && !web) throw resolution("did.controller_mismatch");
  const profile = await readDocument(web ? didWebAddress(base) : base, fetch);
  requireId(profile, controller);
  const entries = [...many(profile.verificationMethod), ...many(profile.assertionMethod)];
  if (!entries.some((entry) => (isObject(entry) ? entry.id : entry) === identifier)) throw resolution("did.method_not_listed", "not_found");
  return find({...profile, verificationMethod: [...many(profile.verificationMethod), document]}, controller, identifier, web ? "did:web" : "https");
}

function find(document, controller, identifier, boundBy) {
  const found = [];
  const purposes = new Set();
  let count = 0;
  for (const relationship of ["verificationMethod", ...PURPOSES]) {
    for (const entry of many(document[relationship])) {
      if (typeof entry !== "string" && !isObject(entry)) continue;
      if (++count > MOST_METHODS) throw resolution("did.too_many_methods");
      const name = typeof entry === "string" ? entry : entry.id;
      if (typeof name !== "string" || (name.startsWith("#") ? controller + name : name) !== identifier) continue;
      if (PURPOSES.includes(relationship)) purposes.add(relationship);
      if (typeof entry !== "string") found.push(entry);
    }
  }
  if (found.length === 0) throw resolution("did.method_not_listed", "not_found");
  if (found.some((entry) => (entry.controller ?? controller) !== controller)) throw resolution("did.controller_mismatch");
  const keys = found.map(keyOf);
  if (keys.some((key) => !sameKey(key, keys[0]))) throw resolution("did.method_ambiguous");
  let dates;
  try {
    dates = found.flatMap((entry) => ["expires", "revoked"].filter((name) => name in entry).map((name) => requiredMoment(entry[name])));
  } catch {
    throw resolution("did.method_malformed");
  }
  return method(identifier, controller, keys[0], [...purposes], boundBy, dates.length > 0 ? Math.min(...dates) : null);
}

function keyOf(entry) {
  const keys = [];
  if ("publicKeyMultibase" in entry) keys.push(fromMultikey(entry.publicKeyMultibase));
  if ("publicKeyJwk" in entry) keys.push(fromJwk(entry.publicKeyJwk));
  if ("publicKeyBase58" in entry && entry.type === "Ed25519VerificationKey2018") {
    keys.push(fromRaw("Ed25519", multibase(`z${entry.publicKeyBase58}`)));
  }
  if (keys.length === 0) throw resolution("did.method_malformed");
  if (keys.some((key) => !sameKey(key, keys[0]))) throw resolution("did.method_ambiguous");
  return keys[0];
}
