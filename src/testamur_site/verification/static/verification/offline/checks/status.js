// Has the issuer withdrawn it, according to the lists that are at hand? As testamur.verification.checks.status does it.

import {Refused, base64, unpacked} from "../formats/encodings.js";
import {iso, moment} from "../formats/moments.js";
import {isObject, many, read} from "../formats/read.js";
import {parse} from "../formats/strict_json.js";
import {givenUp} from "./record.js";
import {meaning} from "./structure.js";

const MOST_ENTRIES = 4;
const OLDEST_ANSWER = 7 * 24 * 3600 * 1000; // of a list that does not say itself until when it is good
const LARGEST_LIST = 16 * 1024 * 1024;
const LEAST_ENTRIES = 131_072;
const LISTS = {
  BitstringStatusListEntry: "BitstringStatusListCredential",
  StatusList2021Entry: "StatusList2021Credential",
  RevocationList2020Status: "RevocationList2020Credential",
};
const DECIDING = ["revocation", "suspension"];

/** The findings about the status of `one`, whose bytes were confirmed. `judge` has `outcome`, `examine` and `caseOf`. */
export async function checks(one, judge) {
  const entries = many(one.document.credentialStatus);
  if (entries.length === 0) return [["status.none_offered", {}]];
  if (entries.length > MOST_ENTRIES) return [["status.too_many", {count: entries.length, limit: MOST_ENTRIES}]];
  const findings = [];
  for (const entry of entries) findings.push(await ofEntry(one, entry, judge));
  return findings;
}

async function ofEntry(one, entry, judge) {
  if (!isObject(entry)) return ["status.entry_malformed", {term: "credentialStatus"}];
  const types = many(entry.type).filter((type) => typeof type === "string");
  if (types.includes("1EdTechRevocationList")) return revocationList(one, entry);
  if (!types.some((type) => Object.hasOwn(LISTS, type))) return ["status.type_unknown", {type: types.join(", ") || "—"}];
  const purpose = entry.statusPurpose ?? "revocation";
  if (typeof purpose === "string" && !DECIDING.includes(purpose)) return ["status.purpose_informs", {purpose}];
  const address = entry.statusListCredential ?? entry.revocationListCredential;
  if (typeof address !== "string" || !address) return ["status.entry_malformed", {term: "statusListCredential"}];
  const obtained = await provenList(one, address, judge);
  if (Array.isArray(obtained)) return obtained;
  const facts = {list: address, asked_at: obtained.askedAt};
  const result = await readStatus(entry, obtained.document, obtained.at);
  if (result.code === "status.clear") return [speaks(one, obtained) ? "status.clear" : "status.clear_then", {purpose: result.purpose ?? "revocation", ...facts}];
  if (result.code === "status.suspended") return [speaks(one, obtained) ? "status.suspended" : "status.suspended_then", facts];
  if (result.code !== "status.revoked") return undecided(result, address);
  for (const reference of many(entry.statusReference)) {
    if (typeof reference !== "string" || reference === address) continue;
    const second = await provenList(one, reference, judge);
    if (Array.isArray(second)) {
      if (second[0] === "status.list_malformed") continue;
      return ["status.revoked_or_suspended", {list: address, reference, asked_at: obtained.askedAt}];
    }
    const there = {...entry, statusPurpose: "suspension", statusListCredential: reference};
    const {code} = await readStatus(there, second.document, second.at);
    if (code === "status.suspended") return [speaks(one, second) ? code : "status.suspended_then", {list: address, asked_at: second.askedAt}];
  }
  return ["status.revoked", facts];
}

/** Whether an answer of that age speaks for now (decision 0028). */
function speaks(one, {at, until}) {
  return one.now <= Math.max(at, until ?? at + OLDEST_ANSWER);
}

/** The list at `address` once it is proven, `{document, at, until, askedAt}`, or the finding why it says nothing. */
async function provenList(one, address, judge) {
  const resource = await fetched(one, address);
  if (Array.isArray(resource)) return resource;
  let found;
  try {
    found = await read(resource.content);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return ["status.list_malformed", {list: address, reason: error.code}];
  }
  const document = found.credential;
  if (!many(document.type).some((type) => Object.values(LISTS).includes(type))) {
    return ["status.list_malformed", {list: address, reason: "status.list_type"}];
  }
  if (document.id !== address) return ["status.list_malformed", {list: address, reason: "status.list_other"}];
  const at = Date.parse(resource.fetchedAt);
  // It must have been good when it was obtained; for how long it speaks is another question.
  const list = judge.caseOf({...found, credential: document}, {...one, now: at});
  for (const [code] of await meaning(list)) {
    if (judge.outcome(code) !== "passed") return ["status.list_not_proven", {list: address, reason: code}];
  }
  const examined = await judge.examine(list);
  if (!examined.proven) {
    const [reason] = examined.checks.find(([code]) => judge.outcome(code) !== "passed");
    return ["status.list_not_proven", {list: address, reason}];
  }
  if (!examined.bound) return ["status.list_not_proven", {list: address, reason: examined.binding[0]}];
  if (await givenUp(list, examined.signers)) return ["status.list_not_proven", {list: address, reason: "log.key_cut_off"}];
  if (list.issuer !== one.issuer) return ["status.list_other_issuer", {list: address, issuer: list.issuer ?? "—"}];
  return {document, at, until: moment(document.validUntil ?? document.expirationDate), askedAt: iso(at)};
}

async function fetched(one, address) {
  try {
    return await one.fetch(address);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return ["status.unreachable", {list: address}];
  }
}

function undecided(result, address) {
  switch (result.code) {
    case "status.entry_malformed":
      return ["status.entry_malformed", {term: result.facts.member}];
    case "status.index_out_of_range":
      return ["status.index_out_of_range", {list: address, index: result.facts.index, length: result.facts.entries}];
    case "status.purpose_mismatch":
      return ["status.list_other_purpose", {list: address, purpose: result.purpose ?? "—"}];
    case "status.list_expired":
      return ["status.list_out_of_date", {list: address, until: result.facts.valid_until}];
    default:
      return ["status.list_malformed", {list: address, reason: result.code}];
  }
}

/** What `credential` says about `entry`: `{code, purpose, facts}`. */
async function readStatus(entry, credential, now) {
  let purpose = null;
  try {
    const kind = Object.keys(LISTS).find((name) => many(entry.type).includes(name));
    purpose = entry.statusPurpose ?? (kind === "RevocationList2020Status" ? "revocation" : null);
    if (typeof purpose !== "string" || !purpose) throw new Refused("status.entry_malformed", {member: "statusPurpose"});
    const index = whole(entry.statusListIndex ?? entry.revocationListIndex, /^[0-9]{1,16}$/);
    if (index === null || index < 0) throw new Refused("status.entry_malformed", {member: "statusListIndex"});
    const size = whole(entry.statusSize ?? 1, /^[0-9]{1,2}$/);
    if (size === null || size < 1 || size > 64) throw new Refused("status.entry_malformed", {member: "statusSize"});
    checkValidity(credential, now);
    const subject = Array.isArray(credential.credentialSubject) && credential.credentialSubject.length === 1
      ? credential.credentialSubject[0]
      : credential.credentialSubject;
    if (!isObject(subject)) throw new Refused("status.list_malformed");
    const declared = subject.statusPurpose;
    if (!(declared === undefined && purpose === "revocation") && !(Array.isArray(declared) ? declared : [declared]).includes(purpose)) {
      throw new Refused("status.purpose_mismatch");
    }
    const bits = await bitsOf(subject);
    const entries = Math.floor((bits.length * 8) / size);
    if (entries < LEAST_ENTRIES) throw new Refused("status.list_too_short");
    if ((index + 1) * size > bits.length * 8) throw new Refused("status.index_out_of_range", {index, entries});
    let value = 0;
    for (let at = index * size; at < (index + 1) * size; at += 1) value = value * 2 + ((bits[at >> 3] >> (7 - (at & 7))) & 1);
    if (value === 0 && purpose !== "message") return {code: "status.clear", purpose, facts: {}};
    const codes = {revocation: "status.revoked", suspension: "status.suspended"};
    return {code: codes[purpose] ?? "status.informs", purpose, facts: {}};
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return {code: error.code, purpose, facts: error.facts};
  }
}

function whole(value, form) {
  if (typeof value === "string" && form.test(value)) return Number(value);
  return typeof value === "number" && Number.isInteger(value) && value < 1e16 ? value : null;
}

function checkValidity(credential, now) {
  const stated = (...names) => {
    const name = names.find((each) => credential[each] !== undefined && credential[each] !== null);
    if (name === undefined) return null;
    const at = moment(credential[name]);
    if (at === null) throw new Refused("status.list_malformed", {member: name});
    return at;
  };
  const begins = stated("validFrom", "issuanceDate");
  const ends = stated("validUntil", "expirationDate");
  if (begins !== null && begins > now) throw new Refused("status.list_not_yet_valid");
  if (ends !== null && ends < now) throw new Refused("status.list_expired", {valid_until: iso(ends)});
}

/** The packed bytes of an encodedList, however it spells base64. Throws Refused. */
async function bitsOf(subject) {
  if (typeof subject.encodedList !== "string") throw new Refused("status.list_malformed");
  let text = subject.encodedList.replace(/\s+/g, "");
  if (/^[umUM](H4sI|eJ|eN|eA|eF)/.test(text)) text = text.slice(1);
  let compressed;
  try {
    compressed = base64(text);
  } catch {
    throw new Refused("status.list_malformed");
  }
  const format = compressed[0] === 0x1f && compressed[1] === 0x8b ? "gzip" : "deflate";
  const bits = await unpacked(compressed, format, LARGEST_LIST, "status.list_malformed", "status.list_too_large");
  if (bits.length === 0) throw new Refused("status.list_malformed");
  return bits;
}

/** 1EdTech Revocation List: not signed; it counts because the signed document names its address. */
async function revocationList(one, entry) {
  const address = entry.id;
  if (typeof address !== "string" || !address) return ["status.entry_malformed", {term: "id"}];
  if (typeof one.document.id !== "string" || !one.document.id) return ["status.entry_malformed", {term: "credentialStatus"}];
  const resource = await fetched(one, address);
  if (Array.isArray(resource)) return resource;
  let document;
  try {
    document = parse(resource.content, {largest: 4_000_000});
  } catch (error) {
    return ["status.list_malformed", {list: address, reason: error.code}];
  }
  const issuer = isObject(document) ? (isObject(document.issuer) ? document.issuer.id : document.issuer) : undefined;
  if (typeof issuer === "string" && issuer !== one.issuer) return ["status.list_other_issuer", {list: address, issuer}];
  if (!isObject(document) || !["revokedCredential", "id", "issuer"].some((name) => name in document)) {
    return ["status.list_malformed", {list: address, reason: "status.list_malformed"}];
  }
  const comparable = (identifier) => {
    try {
      return decodeURIComponent(identifier.trim());
    } catch {
      return identifier.trim();
    }
  };
  const listed = document.revokedCredential ?? [];
  const facts = {list: address, asked_at: iso(Date.parse(resource.fetchedAt))};
  for (const each of Array.isArray(listed) ? listed : [listed]) {
    if (!isObject(each) || typeof each.id !== "string") return ["status.list_malformed", {list: address, reason: "status.list_malformed"}];
    if (comparable(each.id) === comparable(one.document.id) && (each.revoked ?? true) !== false) return ["status.revoked", facts];
  }
  return ["status.clear", {purpose: "revocation", ...facts}];
}
