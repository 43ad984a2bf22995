// From bytes to a report: the procedure of testamur.verification.verifier, with what is at hand and no network.
//
// 1. Read the document. 2. Structure. 3. Signatures. 4. The issuer's key. 5. Dates, status, what it took: only of confirmed bytes.
// 6. Registers. A finding is a pair [code, facts]; what a code weighs stands in the catalogue that the server hands over.

import * as proof from "./checks/proof.js";
import * as status from "./checks/status.js";
import * as structure from "./checks/structure.js";
import {dates, trust, whatItTook} from "./checks/validity.js";
import {Refused} from "./formats/encodings.js";
import {formatOf, isObject, many, read} from "./formats/read.js";
import {pin} from "./proofs/linked_data.js";

const SUPPORTED = ["open_badges_3", "vc_2", "vc_1_1"];
const CLAIMS = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
const NOTHING_INSIDE = ["input.empty", "input.format_unsupported"];
const TOO_LARGE = ["input.too_large", "input.json_depth", "png.too_large", "baked.too_large"];
const MOST_FETCHES = 16;
const MOST_ENDORSEMENTS = 8;

/** A verifier with `data` (see offline/data.py: contexts, codes, schemas, registers) and `lookup(url)` → `{content, fetchedAt}` or null. */
export function verifierWith(data, lookup) {
  pin(data.contexts);
  const outcome = (code) => data.codes[code].outcome;

  const caseOf = (found, around) => {
    const document = found.token === null ? found.credential : without(found.credential, CLAIMS);
    const types = many(document.type).filter((type) => typeof type === "string");
    const issuer = isObject(document.issuer) ? document.issuer.id : document.issuer;
    return {
      document,
      token: found.token,
      kind: found.kind,
      format: found.format,
      types,
      version: many(document["@context"])[0] === structure.CREDENTIALS_V1 ? "1.1" : "2.0",
      isAchievement: types.includes("OpenBadgeCredential") || types.includes("AchievementCredential"),
      isEndorsement: types.includes("EndorsementCredential"),
      issuer: typeof issuer === "string" && issuer ? issuer : null,
      now: around.now,
      fetch: around.fetch,
    };
  };
  const judge = {outcome, caseOf, examine: (one) => proof.examine(one, outcome)};

  /** The report: `{verdict, checks: [{code, name, question, outcome, required, facts}], document, subject, technical, endorsements}`. */
  async function verify(bytes, now = Date.now()) {
    const asked = new Map();
    const fetch = async (url) => {
      if (!asked.has(url) && asked.size >= MOST_FETCHES) throw unreachable("resolution.too_many");
      if (!asked.has(url)) asked.set(url, await lookup(url));
      const resource = asked.get(url);
      if (!resource) throw unreachable("resolution.offline");
      return resource;
    };
    return reportOn(bytes, {now, fetch}, 0);
  }

  async function reportOn(bytes, around, depth) {
    let found;
    try {
      found = !(bytes instanceof Uint8Array) ? {kind: "json", credential: bytes, token: null, format: formatOf(bytes)} : await read(bytes);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return report([unreadable(error)], {});
    }
    if (!SUPPORTED.includes(found.format)) {
      const code = found.format === "unknown" ? ["structure.no_credential", {kind: found.kind}] : ["structure.format_unsupported", {format: found.format}];
      return report([code], {});
    }
    const one = caseOf(found, around);
    const examined = await judge.examine(one);
    const findings = [["structure.read", {kind: one.kind, format: one.format}], ...(await structure.checks(one, data)), ...examined.checks, examined.binding];
    if (examined.proven) {
      findings.push(...dates(one), ...(await status.checks(one, judge)));
      if (!one.isEndorsement) findings.push(["recipient.not_asked", {}], whatItTook(one));
    } else {
      findings.push(["dates.begin_not_decided", {}], ["dates.end_not_decided", {}], ["status.not_asked", {}]);
      if (!one.isEndorsement) findings.push(["recipient.not_asked", {}], ["what_it_took.not_decided", {}]);
    }
    findings.push(trust(one, examined.bound, data.registers));
    const children = examined.proven && depth === 0 ? await endorsements(one, around, findings) : [];
    return report(findings, {document: examined.proven ? one.document : null, technical: examined.technical, endorsements: children});
  }

  /** The reports of the endorsements inside; adds the finding about all of them. */
  async function endorsements(one, around, findings) {
    const inside = [...endorsementsIn(one.document, true)];
    if (inside.length === 0) return [];
    if (inside.length > MOST_ENDORSEMENTS) {
      findings.push(["endorsements.too_many", {count: inside.length, limit: MOST_ENDORSEMENTS}]);
      return [];
    }
    const children = [];
    for (const each of inside) children.push(await reportOn(typeof each === "string" ? new TextEncoder().encode(each) : each, around, 1));
    const holding = children.filter((child) => child.verdict === "valid");
    const about = [one.document, one.document.issuer, ...many(one.document.credentialSubject).filter(isObject).map((subject) => subject.achievement)]
      .map((node) => (isObject(node) ? node.id : node));
    const listed = holding.filter((child) => child.checks.some(({code}) => code === "trust.listed") && about.includes(many(child.document.credentialSubject).find(isObject)?.id));
    if (listed.length > 0) {
      const institution = listed[0].checks.find(({code}) => code === "trust.listed").facts.institution;
      findings.push(["endorsements.by_listed", {count: listed.length, institution}]);
    }
    if (holding.length < children.length) findings.push(["endorsements.not_all_valid", {count: children.length, valid: holding.length}]);
    else if (listed.length === 0) findings.push(["endorsements.valid", {count: holding.length}]);
    return children;
  }

  function report(findings, more) {
    const checks = findings.map(([code, facts]) => ({code, ...data.codes[code], facts}));
    return {verdict: verdictOf(checks), checks, document: null, technical: [], endorsements: [], ...more};
  }

  return {verify};
}

/** Rules 1 to 3 of testamur.verification.report. */
export function verdictOf(checks) {
  if (checks.some(({outcome}) => outcome === "failed")) return "invalid";
  if (checks.some(({outcome, required}) => outcome === "unknown" && required)) return "undetermined";
  return checks.some(({outcome}) => outcome === "passed") ? "valid" : "undetermined";
}

function unreadable({code, facts}) {
  if (TOO_LARGE.includes(code)) return ["structure.too_large", {reason: code}];
  // What a browser cannot open may well hold a credential; the platform itself reads more.
  if (["pdf", "zip"].includes(facts.format)) return ["structure.format_unsupported", {format: facts.format}];
  if (NOTHING_INSIDE.includes(code) || code.endsWith(".no_credential")) return ["structure.no_credential", {kind: facts.format ?? code.split(".")[0]}];
  return ["structure.unreadable", {reason: code}];
}

function unreachable(code) {
  const error = new Refused(code);
  error.kind = "unreachable";
  return error;
}

function* endorsementsIn(value, top = false) {
  if (Array.isArray(value)) {
    for (const item of value) yield* endorsementsIn(item);
  } else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      if (name === "endorsement") yield* many(item).filter(isObject);
      else if (name === "endorsementJwt") yield* many(item).filter((each) => typeof each === "string");
      else if (!(top && (name === "@context" || name === "proof"))) yield* endorsementsIn(item);
    }
  }
}

function without(object, names) {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
