// What an issuer demands in its DID document: a record of everything in its log, and keys that it has given up from an entry on. As
// testamur.verification.transparency, without a policy of the reader's: who has witnessed a log is not asked here. A proof that came with
// the document is judged whether anybody asks for one or not.

import {Refused, utf8} from "../formats/encodings.js";
import {iso, moment} from "../formats/moments.js";
import {isObject, many} from "../formats/read.js";
import {documentOf, resolve} from "../proofs/did.js";
import {sameKey} from "../proofs/keys.js";
import {includes, readKey, readProof, signedBy} from "../proofs/log.js";
import {canonicalize} from "../vendor/libraries.js";

const TYPE = "TransparencyLog";
const [MOST_ORIGINS, MOST_CUT_OFFS] = [64, 64];
const NONE = {findings: [], proof: null};

/** `{findings, proof}` about the record of `one`; `around` is the confirmed proof of the document in which it stands. A proof that came
 * with it is looked at, whoever asks for one or not. */
export async function record(one, examined, {supporting = false, around = null} = {}) {
  if (!examined.bound || examined.signers.length === 0) return NONE;
  let service = null;
  let unreadable = null;
  try {
    service = await serviceOf(one);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    unreadable = error.code;
  }
  const from = service?.requiredFrom ?? null;
  const demanded = from !== null && from <= one.now && !one.isEndorsement && !supporting;
  const cutOffs = service === null ? [] : await cutOffsOf(one, service, examined.signers);
  const search = demanded || cutOffs.length > 0 ? await searched(one, service) : await atHand(one, service);
  if (search === null && unreadable === null) return NONE;
  const {check, proof = null, missing = null} = search ?? {check: ["log.proof_absent", {}]};
  const findings = [check];
  if (proof !== null) findings.push(["log.witnesses_not_named", {}]);
  if (unreadable !== null) findings.push(["log.demand_open", {issuer: one.issuer ?? "—", reason: unreadable}]);
  if (demanded) findings.push(demand(one, service, proof, missing));
  if (cutOffs.length > 0) findings.push(await keyFinding(service, cutOffs, proof, around, missing));
  return {findings, proof};
}

/** Whether every key that signed was given up, at whatever entry. */
export async function givenUp(one, signers) {
  try {
    const service = await serviceOf(one);
    return service !== null && (await cutOffsOf(one, service, signers)).length > 0;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return false;
  }
}

async function serviceOf(one) {
  if (!one.issuer?.startsWith("did:web:")) return null;
  const document = await documentOf(one.issuer, one.fetch);
  const services = many(document.service).filter((entry) => isObject(entry) && many(entry.type).includes(TYPE));
  if (services.length === 0) return null;
  const endpoint = services[0].serviceEndpoint;
  if (services.length > 1 || !isObject(endpoint)) throw new Refused("log.service");
  const origins = texts(endpoint.origin, MOST_ORIGINS);
  const keys = (await Promise.all(texts(endpoint.vkey, 2 * MOST_ORIGINS).map(readKey))).filter((key) => key !== null);
  const stated = endpoint.requiredFrom ?? null;
  const requiredFrom = stated === null ? null : moment(stated);
  const cutOffs = many(endpoint.cutOffs);
  if (!keys.some(({name}) => origins.includes(name)) || (stated !== null && requiredFrom === null) || cutOffs.length > MOST_CUT_OFFS) {
    throw new Refused("log.service");
  }
  return {origins, keys, requiredFrom, cutOffs: cutOffs.map((entry) => cutOff(entry, one.issuer))};
}

function texts(value, most) {
  const found = many(value);
  if (found.length === 0 || found.length > most || !found.every((text) => typeof text === "string" && text)) throw new Refused("log.service");
  return found;
}

function cutOff(entry, did) {
  const {key, origin, index} = isObject(entry) ? entry : {};
  if (typeof key !== "string" || typeof origin !== "string" || !origin || !Number.isSafeInteger(index) || index < 0) throw new Refused("log.service");
  return {key: key.startsWith("#") ? did + key : key, origin, index: BigInt(index)};
}

/** `[{signer, cuts}]`; empty where one of the keys has no cut-off, for then it speaks for the issuer by itself. */
async function cutOffsOf(one, service, signers) {
  const found = [];
  for (const signer of signers) {
    const cuts = [];
    for (const each of service.cutOffs) if (await isOneKey(each.key, signer, one.fetch)) cuts.push(each);
    if (cuts.length === 0) return [];
    found.push({signer, cuts});
  }
  return found;
}

/** A key stands under several names in a DID document, one for each form. */
async function isOneKey(name, other, fetch) {
  if (name === other) return true;
  try {
    return sameKey((await resolve(name, fetch)).key, (await resolve(other, fetch)).key);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return false;
  }
}

/** `{check, proof, missing}` where a record is asked for: what is not there is said too. */
async function searched(one, service) {
  const identifier = one.document.id;
  if (typeof identifier !== "string" || !/^https?:\/\//.test(identifier) || one.isEndorsement) return {check: ["log.proof_absent", {}]};
  let content;
  try {
    ({content} = await one.fetch(`${identifier}.tlog-proof`));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return {check: ["log.proof_not_obtained", {reason: error.code}], missing: error.code};
  }
  return judged(one, service, content);
}

/** The same where nobody asks for one: null unless it came with the document. */
async function atHand(one, service) {
  const identifier = one.document.id;
  if (typeof identifier !== "string" || one.isEndorsement) return null;
  const resource = await one.held(`${identifier}.tlog-proof`);
  return resource === null || resource === undefined ? null : judged(one, service, resource.content);
}

async function judged(one, service, content) {
  try {
    const proof = readProof(content);
    if (!(await includes(proof, one.document.id, secured(one)))) return {check: ["log.proof_other", {}]};
    const {origin} = proof;
    if (service === null) return {check: ["log.log_unknown", {origin}]};
    if (!service.origins.includes(origin)) return {check: ["log.log_other", {origin, expected: service.origins}]};
    const signed = await signedBy(proof, service.keys.filter(({name}) => name === origin));
    if (typeof signed === "string") return {check: ["log.signature_false", {origin, key: signed}]};
    if (!signed) return {check: ["log.signature_missing", {origin}]};
    return {check: ["log.logged", {origin, index: Number(proof.index)}], proof};
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return {check: ["log.proof_unreadable", {reason: error.code}]};
  }
}

function secured(one) {
  if (one.token !== null) return utf8(one.token.trim());
  const [first] = many(one.document.proof);
  return utf8(canonicalize({...one.document, proof: first}));
}

function demand(one, service, proof, missing) {
  const issuer = one.issuer ?? "—";
  if (proof !== null) return ["log.demand_met", {issuer}];
  if (missing !== null) return ["log.demand_open", {issuer, reason: missing}];
  return ["log.demand_missing", {issuer, since: iso(service.requiredFrom)}];
}

async function keyFinding(service, cutOffs, proof, around, missing) {
  const [{signer, cuts}] = cutOffs;
  const cut = cuts.reduce((one, other) => (other.origin < one.origin || (other.origin === one.origin && other.index < one.index) ? other : one));
  const facts = {method: signer, origin: cut.origin, cut: Number(cut.index)};
  const places = [proof, around].filter((each) => each !== null);
  for (const place of places) {
    // Whoever issued the document around may name any keys: only this issuer's own log says where it stands.
    const keys = service.keys.filter(({name}) => name === place.origin && service.origins.includes(name));
    if ((await signedBy(place, keys)) !== true) continue;
    if (cutOffs.some(({cuts: some}) => some.every((each) => spares(each, place)))) {
      return ["log.key_before_cut_off", {index: Number(place.index), ...facts}];
    }
    return ["log.key_cut_off", facts];
  }
  return missing === null ? ["log.key_cut_off", facts] : ["log.key_cut_off_open", {...facts, reason: missing}];
}

function spares(cut, {origin, index}) {
  if (origin === cut.origin) return index < cut.index;
  const [entry, other] = [origin, cut.origin].map((each) => /^(.*\/)(\d{4})$/s.exec(each));
  return entry !== null && other !== null && entry[1] === other[1] && Number(entry[2]) < Number(other[2]);
}
