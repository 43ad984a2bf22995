// Are these the bytes that somebody signed, and was that somebody the issuer? As testamur.verification.checks.proof does it.

import {Refused} from "../formats/encodings.js";
import {iso, moment} from "../formats/moments.js";
import {isObject, many} from "../formats/read.js";
import * as dataIntegrity from "../proofs/data_integrity.js";
import {keyInFragment, resolve} from "../proofs/did.js";
import * as jose from "../proofs/jose.js";
import {fromJwk} from "../proofs/keys.js";

const MOST_PROOFS = 8;
const PURPOSE = "assertionMethod";
const CHAIN = ["proof.previous_invalid", "proof.previous_missing", "proof.id_duplicate"];
const SET_ASIDE = ["proof.suite_unknown", "proof.purpose"];
const TOKENS = ["vc+jwt", "vp+jwt", "jwt", ...["vc-ld", "vp-ld", "vc+ld", "vp+ld", "vc+ld+json", "vp+ld+json"].map((kind) => `${kind}+jwt`)];
const DIGESTS = ["_sd", "_sd_alg", "..."];
const DISOWNED = ["did.method_not_listed", "did.method_ambiguous", "did.method_malformed", "did.controller_mismatch"];
const NO_USABLE_ANSWER = ["did.document_id_mismatch", "did.document_unreadable", "did.too_many_methods"];

/** `{checks, binding, proven, bound, signers, technical}` of a case; `outcome(code)` says how the catalogue weighs a code. */
export async function examine(one, outcome) {
  const findings = one.token === null ? await byProofs(one, outcome) : [await byToken(one)];
  const bindings = findings.filter(({check, binding}) => binding && outcome(check[0]) === "passed").map(({binding}) => binding);
  const order = ["passed", "unknown", "failed"];
  const best = bindings.sort((a, b) => order.indexOf(outcome(a[0])) - order.indexOf(outcome(b[0])))[0] ?? ["issuer.not_decided", {}];
  const settled = isBound(best[0], outcome(best[0]));
  const checks = findings.map(({check}) =>
    settled && SET_ASIDE.includes(check[0]) ? ["proof.further_unknown", {suite: String(check[1].suite ?? check[1].purpose ?? "")}] : check,
  );
  const counted = checks.filter(([code]) => code !== "proof.further_unknown").map(([code]) => outcome(code));
  const proven = counted.length > 0 && counted.every((each) => each === "passed");
  const signers = findings
    .filter(({check, binding}) => binding && outcome(check[0]) === "passed" && isBound(binding[0], outcome(binding[0])))
    .map(({check}) => check[1].method);
  return {checks, binding: best, proven, bound: proven && settled, signers, technical: findings.map(({technical}) => technical).filter(Boolean)};
}

async function byProofs(one, outcome) {
  let proofs;
  try {
    proofs = dataIntegrity.proofsOf(one.document);
  } catch (error) {
    return [{check: ["proof.malformed", {reason: error.code}]}];
  }
  if (proofs.length === 0) return [{check: ["proof.absent", {}]}];
  if (proofs.length > MOST_PROOFS) return [{check: ["proof.too_many", {count: proofs.length, limit: MOST_PROOFS}]}];
  const findings = [];
  for (const proof of proofs) findings.push(await byProof(one, proof));
  return withChains(proofs, findings, outcome);
}

async function byProof(one, proof) {
  const suite = dataIntegrity.suiteOf(proof);
  if (!Object.hasOwn(dataIntegrity.SUITES, suite)) return {check: ["proof.suite_unknown", {suite}]};
  const identifier = isObject(proof.verificationMethod) ? proof.verificationMethod.id : proof.verificationMethod;
  if (typeof identifier !== "string") return {check: ["proof.method_absent", {}]};
  const signer = await signingKey(identifier, one.fetch);
  if (Array.isArray(signer)) return {check: signer};
  if (signer.key.algorithm === "other") return {check: ["proof.suite_unknown", {suite}]};
  const result = await dataIntegrity.check(one.document, proof, signer.key, {purpose: PURPOSE, now: one.now});
  const created = moment(proof.created);
  return {
    check: finding(result, proof, suite, identifier),
    binding: bind(one, signer, created),
    technical: {...result.technical, suite, verificationMethod: identifier},
  };
}

function finding(result, proof, suite, method) {
  if (result.code === "proof.verified") return ["proof.signature_true", {suite, method, created: proof.created ?? null}];
  if (result.undecided) return ["proof.not_decided", {reason: result.code}];
  if (result.code === "proof.signature_false") return ["proof.signature_false", {suite, method}];
  if (result.code === "proof.purpose_mismatch") return ["proof.purpose", {purpose: result.facts.found, expected: PURPOSE}];
  if (result.code === "proof.expired") return ["proof.expired", {expires: proof.expires}];
  if (CHAIN.includes(result.code)) return ["proof.chain_broken", {previous: many(proof.previousProof).join(", ")}];
  return ["proof.malformed", {reason: result.code}];
}

/** A true proof that builds on one that is not true is broken. Repeated until nothing changes. */
function withChains(proofs, findings, outcome) {
  const byId = new Map(proofs.map((proof, at) => [proof.id, at]).filter(([id]) => typeof id === "string"));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [at, proof] of proofs.entries()) {
      if (outcome(findings[at].check[0]) !== "passed") continue;
      const before = many(proof.previousProof).filter((name) => byId.has(name)).map((name) => outcome(findings[byId.get(name)].check[0]));
      if (before.includes("failed")) findings[at] = {check: ["proof.chain_broken", {previous: many(proof.previousProof).join(", ")}]};
      else if (before.includes("unknown")) findings[at] = {check: ["proof.not_decided", {reason: "proof.previous_unknown"}]};
      changed ||= before.includes("failed") || before.includes("unknown");
    }
  }
  return findings;
}

/** Whether the key is the issuer's: also where the issuer is nothing but a key, although nobody vouches for the name. */
export function isBound(code, outcome) {
  return outcome === "passed" || code === "issuer.bound_to_key";
}

async function byToken(one) {
  let token;
  try {
    token = jose.parts(one.token);
  } catch (error) {
    return {check: ["proof.malformed", {reason: error.code}]};
  }
  if (!isCredential(token)) return {check: ["proof.malformed", {reason: "envelope.kind_other"}]};
  if (jose.provesNothing(token.header)) return {check: ["proof.malformed", {reason: "jose.algorithm_refused"}]};
  const signer = await signerOf(token.header, one);
  if (Array.isArray(signer)) return {check: signer};
  const suite = `JWS ${token.header.alg ?? "—"}`;
  const result = signer.key.algorithm === "other" ? {code: "", undecided: true} : await jose.check(one.token, signer.key);
  let check = ["proof.signature_true", {suite, method: signer.identifier, created: null}];
  if (result.undecided) check = ["proof.suite_unknown", {suite}];
  else if (result.code === "jose.signature_false") check = ["proof.signature_false", {suite, method: signer.identifier}];
  else if (result.code !== "jose.verified") check = ["proof.malformed", {reason: result.code}];
  else {
    const claim = jose.contradiction(token.payload, one.document);
    if (claim !== null) check = ["proof.claims_differ", {claim}];
  }
  const stated = token.payload.iat;
  const issuedAt = typeof stated === "number" && Math.abs(stated) < 8.64e12 ? stated * 1000 : null;
  return {check, binding: bind(one, signer, issuedAt), technical: {suite, verificationMethod: signer.identifier}};
}

async function signerOf(header, one) {
  const {kid, jwk} = header;
  if (typeof kid === "string" && /^(did:|https?:\/\/)/.test(kid)) return signingKey(kid, one.fetch);
  if (typeof kid === "string" && kid.startsWith("#") && one.issuer) return signingKey(one.issuer + kid, one.fetch);
  if (isObject(jwk)) {
    try {
      return {key: fromJwk(jwk), identifier: "jwk", controller: null, purposes: [], vouchedBy: "header", until: null, silence: null};
    } catch (error) {
      return ["proof.malformed", {reason: error.code}];
    }
  }
  return typeof kid === "string" ? ["proof.method_unusable", {method: kid}] : ["proof.method_absent", {}];
}

/** A key and who vouches for it, or the finding why there is none. */
async function signingKey(identifier, fetch) {
  if (identifier.startsWith("did:") && !/^did:(key|web|jwk):/.test(identifier)) return ["proof.method_unknown", {method: identifier}];
  try {
    const found = await resolve(identifier, fetch);
    return {key: found.key, identifier: found.id, controller: found.controller, purposes: found.purposes, vouchedBy: found.boundBy, until: found.until, silence: null};
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.kind === undefined) return ["proof.method_unusable", {method: identifier}];
    const spelledOut = keyInFragment(identifier);
    if (spelledOut !== null && /^(https?:\/\/|did:web:)/.test(identifier)) {
      const unbound = {key: spelledOut, identifier, controller: null, purposes: [], until: null, silence: null};
      if (DISOWNED.includes(error.code) || DISOWNED.includes(error.reason)) return {...unbound, vouchedBy: "disowned"};
      return {...unbound, vouchedBy: "fragment", silence: error.kind === "unreachable" ? error.code : null};
    }
    return notObtained(identifier, error);
  }
}

function notObtained(method, error) {
  if (NO_USABLE_ANSWER.includes(error.code)) return ["proof.key_unreachable", {method}];
  if (error.kind === "not_found") return ["proof.key_not_found", {method}];
  if (error.kind === "unreachable") return [error.code === "resolution.offline" ? "proof.key_offline" : "proof.key_unreachable", {method}];
  return ["proof.method_unusable", {method}];
}

/** Whether a token says that it is one of a credential, and holds no digests of what is disclosed elsewhere. */
function isCredential({header, payload}) {
  const stated = header.typ ?? null;
  const bare = typeof stated === "string" ? stated.split(";")[0].trim().toLowerCase().replace(/^application\//, "") : "";
  return (stated === null || TOKENS.includes(bare)) && !holdsDigests(payload);
}

function holdsDigests(value) {
  if (Array.isArray(value)) return value.some(holdsDigests);
  return isObject(value) && (DIGESTS.some((name) => Object.hasOwn(value, name)) || Object.values(value).some(holdsDigests));
}

/** Whether `signer` is the issuer that the document names. */
function bind(one, signer, created) {
  const {issuer} = one;
  const method = signer.identifier;
  if (issuer === null) return ["issuer.absent", {}];
  if (signer.vouchedBy === "header") return ["issuer.unbound_header_key", {issuer}];
  if (signer.silence !== null) return ["issuer.not_asked", {issuer, reason: signer.silence}];
  if (signer.vouchedBy === "fragment") return ["issuer.unbound_fragment", {issuer, method}];
  if (signer.vouchedBy === "disowned") return ["issuer.key_not_listed", {issuer, method}];
  if (signer.controller !== issuer) {
    if (signer.vouchedBy === "https" && signer.purposes.length === 0) return ["issuer.unbound_address", {issuer, method}];
    return ["issuer.other_controller", {issuer, controller: signer.controller ?? "—"}];
  }
  if (!signer.purposes.includes(PURPOSE)) return ["issuer.purpose_missing", {issuer, method}];
  if (signer.until !== null && signer.until < (created ?? one.now)) return ["issuer.key_out_of_use", {issuer, method, until: iso(signer.until)}];
  if (["did:key", "did:jwk"].includes(signer.vouchedBy)) return ["issuer.bound_to_key", {issuer}];
  return ["issuer.bound", {issuer, bound_by: signer.vouchedBy}];
}
