// One Data Integrity proof with a given key: as testamur.proofs.data_integrity does it, for the suites that a browser can check.

import {Refused, concatenate, hex, multibase, utf8} from "../formats/encodings.js";
import {moment} from "../formats/moments.js";
import {many} from "../formats/read.js";
import {canonicalize} from "../vendor/libraries.js";
import {hashOf, signatureLength, verifies} from "./keys.js";
import {canonical, refuseInexact} from "./linked_data.js";

export const SUITES = {
  "eddsa-rdfc-2022": {algorithms: ["Ed25519"]},
  "eddsa-jcs-2022": {algorithms: ["Ed25519"], json: true},
  "ecdsa-rdfc-2019": {algorithms: ["P-256", "P-384"]},
  "ecdsa-jcs-2019": {algorithms: ["P-256", "P-384"], json: true},
  Ed25519Signature2020: {algorithms: ["Ed25519"], older: true},
};
const MOST_PROOFS = 32;
const URL_FORM = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`\x00-\x20\x7f]+$/;

/** The name of the suite of a proof: of the cryptosuite where there is one, else the type. */
export function suiteOf(proof) {
  const suite = proof.type === "DataIntegrityProof" ? proof.cryptosuite : proof.type;
  return typeof suite === "string" && suite ? suite : "—";
}

/** The proofs of a document. Throws Refused. */
export function proofsOf(document) {
  const proofs = document.proof === undefined ? [] : Array.isArray(document.proof) ? document.proof : [document.proof];
  if (!proofs.every((proof) => typeof proof === "object" && proof !== null && !Array.isArray(proof))) {
    throw new Refused("proof.not_an_object");
  }
  if (proofs.length > MOST_PROOFS) throw new Refused("proof.too_many");
  return proofs;
}

/** `{code, facts, technical}`: `proof.verified`, or the code of what is wrong; `undecided` where the browser cannot say. */
export async function check(document, proof, key, {purpose, now}) {
  try {
    return await decided(document, proof, key, purpose, now);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const code = error.code === "undefined_term" ? "linked_data.undefined_term" : error.code;
    const undecided = ["linked_data.context_unavailable", "linked_data.too_complex", "proof.suite_unknown"].includes(code);
    return {code, facts: error.facts, technical: {}, undecided};
  }
}

async function decided(document, proof, key, purpose, now) {
  const suite = suiteNamed(proof);
  checkMembers(proof);
  if (proof.proofPurpose !== purpose) throw new Refused("proof.purpose_mismatch", {found: proof.proofPurpose});
  if ("expires" in proof && moment(proof.expires) < now) throw new Refused("proof.expired");
  if (!suite.algorithms.includes(key.algorithm)) throw new Refused("proof.key_algorithm_mismatch");
  const signature = signatureOf(proof, key.algorithm);
  const {proofValue: _, ...options} = proof;
  let covered = coveredBy(document, proof);
  const hash = hashOf(key.algorithm);
  let texts;
  if (suite.json) {
    covered = byStoredContext(covered, proof);
    refuseInexact([options, covered], "input.json_number");
    texts = [canonicalize(options), canonicalize(covered)];
  } else {
    const {["@context"]: __, ...plain} = options;
    texts = [await canonical({...plain, "@context": document["@context"]}, hash), await canonical(covered, hash)];
  }
  const hashes = [];
  for (const text of texts) hashes.push(new Uint8Array(await crypto.subtle.digest(hash, utf8(text))));
  const technical = {
    suite: suiteOf(proof),
    canonical_proof_options: texts[0],
    canonical_document: texts[1],
    proof_options_hash: hex(hashes[0]),
    document_hash: hex(hashes[1]),
  };
  const verified = await verifies(key, signature, concatenate(...hashes));
  return {code: verified ? "proof.verified" : "proof.signature_false", facts: {}, technical, undecided: false};
}

function suiteNamed(proof) {
  if (typeof proof.type !== "string" || !proof.type) throw new Refused("proof.type_invalid");
  if (proof.type === "DataIntegrityProof" && (typeof proof.cryptosuite !== "string" || !proof.cryptosuite)) {
    throw new Refused("proof.cryptosuite_invalid");
  }
  const name = suiteOf(proof);
  const suite = Object.hasOwn(SUITES, name) ? SUITES[name] : undefined;
  if (suite === undefined || Boolean(suite.older) === (proof.type === "DataIntegrityProof")) throw new Refused("proof.suite_unknown");
  return suite;
}

function checkMembers(proof) {
  if (typeof proof.proofPurpose !== "string" || !proof.proofPurpose) throw new Refused("proof.purpose_invalid");
  if (typeof proof.verificationMethod !== "string" || !URL_FORM.test(proof.verificationMethod)) {
    throw new Refused("proof.verification_method_invalid");
  }
  if ("id" in proof && (typeof proof.id !== "string" || !URL_FORM.test(proof.id))) throw new Refused("proof.id_invalid");
  for (const member of ["created", "expires"]) {
    if (member in proof && moment(proof[member]) === null) throw new Refused(`proof.${member}_invalid`);
  }
  if ("created" in proof && "expires" in proof && moment(proof.expires) < moment(proof.created)) {
    throw new Refused("proof.expires_before_created");
  }
  const domains = Array.isArray(proof.domain) ? proof.domain : [proof.domain];
  if ("domain" in proof && (domains.length === 0 || !domains.every((domain) => typeof domain === "string"))) throw new Refused("proof.domain_invalid");
  for (const member of ["challenge", "nonce"]) {
    if (member in proof && typeof proof[member] !== "string") throw new Refused(`proof.${member}_invalid`);
  }
}

function signatureOf(proof, algorithm) {
  let signature;
  try {
    signature = multibase(proof.proofValue);
  } catch {
    throw new Refused("proof.value_invalid");
  }
  if (signature.length !== signatureLength(algorithm)) throw new Refused("proof.value_invalid");
  return signature;
}

/** What `proof` covers: the document without proofs, or with those that it builds on. */
function coveredBy(document, proof) {
  const {proof: all, ...covered} = document;
  if (!("previousProof" in proof)) return covered;
  const names = Array.isArray(proof.previousProof) ? proof.previousProof : [proof.previousProof];
  if (names.length === 0 || !names.every((name) => typeof name === "string") || new Set(names).size !== names.length) {
    throw new Refused("proof.previous_invalid");
  }
  const previous = names.map((name) => {
    const bearers = many(all).filter((candidate) => candidate.id === name);
    if (bearers.length === 0) throw new Refused("proof.previous_missing");
    return bearers;
  });
  if (previous.some((bearers) => bearers.length > 1)) throw new Refused("proof.id_duplicate");
  return {...covered, proof: previous.map(([bearer]) => bearer)};
}

/** JCS suites keep the `@context` of the time of signing in the proof; the document's may only have grown at its end. */
function byStoredContext(document, proof) {
  if (!("@context" in proof)) return document;
  const listed = (value) => (Array.isArray(value) ? value : [value]);
  const stored = listed(proof["@context"]);
  const present = listed(document["@context"] ?? []).slice(0, stored.length);
  if (canonicalize(stored) !== canonicalize(present)) throw new Refused("proof.context_mismatch");
  return {...document, "@context": proof["@context"]};
}
