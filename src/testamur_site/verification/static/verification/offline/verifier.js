// From bytes to a report: the procedure of testamur.verification.verifier, with what is at hand and no network.
//
// 1. Read the document. 2. Structure. 3. Signatures. 4. The issuer's key. 5. Dates, status, what it took: only of confirmed bytes.
// 6. What the issuer demands of its record. 7. Registers. A finding is a pair [code, facts]; what a code weighs stands in the catalogue that the server hands over.

import * as inside from "./checks/inside.js";
import * as proof from "./checks/proof.js";
import * as status from "./checks/status.js";
import * as structure from "./checks/structure.js";
import {accreditation} from "./checks/accreditation.js";
import {declared} from "./checks/declared.js";
import {record} from "./checks/record.js";
import {dates, trust, whatItTook} from "./checks/validity.js";
import {Refused, utf8} from "./formats/encodings.js";
import {isObject, many, read} from "./formats/read.js";
import {pin} from "./proofs/linked_data.js";

const SUPPORTED = ["open_badges_3", "vc_2", "vc_1_1"];
const CLAIMS = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
const NOTHING_INSIDE = ["input.empty", "input.format_unsupported"];
const TOO_LARGE = ["input.too_large", "input.json_depth", "png.too_large", "baked.too_large"];
const MOST_FETCHES = 16;

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
      held: around.held,
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
    // What came with the document, without counting as an address that was asked; null where it did not come.
    const held = async (url) => asked.get(url) ?? lookup(url);
    return reportOn(bytes, {now, fetch, held}, 0);
  }

  async function reportOn(bytes, around, depth, {refresh = true, supporting = false, within = null} = {}) {
    let found;
    try {
      found = await read(bytes);
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
    const findings = [["structure.read", {kind: one.kind, format: one.format}], ...(await structure.checks(one, data)), ...examined.checks];
    if (refresh && depth === 0 && examined.bound) {
      const {finding, newer} = await inside.refreshed(one, (content) => reportOn(content, around, depth, {refresh: false}));
      if (newer !== null) return {...newer, checks: [...newer.checks, weighed(finding)]};
      if (finding !== null) findings.push(finding);
    }
    findings.push(examined.binding);
    findings.push(...(await declared(one, examined.proven)));
    if (examined.proven) {
      findings.push(...dates(one), ...(await status.checks(one, judge)));
      if (!one.isEndorsement) findings.push(["recipient.not_asked", {}], whatItTook(one));
    } else {
      findings.push(["dates.begin_not_decided", {}], ["dates.end_not_decided", {}], ["status.not_asked", {}]);
      if (!one.isEndorsement) findings.push(["recipient.not_asked", {}], ["what_it_took.not_decided", {}]);
    }
    const recorded = await record(one, examined, {supporting, around: within});
    findings.push(...recorded.findings);
    findings.push(trust(one, examined.bound, data.registers));
    const children = [];
    if (examined.proven) {
      const held = {within: recorded.proof ?? within};
      const below = (each) => reportOn(utf8(typeof each === "string" ? each : JSON.stringify(each)), around, depth + 1, held);
      for (const about of [await inside.parts(one, depth, below), one.isEndorsement || supporting ? null : await inside.endorsements(one, below)]) {
        findings.push(...(about?.findings ?? []));
        children.push(...(about?.reports ?? []));
      }
      if (examined.bound && !supporting && !one.isEndorsement) {
        const judge = (content) => reportOn(content, around, depth + 1, {supporting: true});
        findings.push(...(await accreditation(one, children, data, judge)));
      }
    } else if (inside.partsOf(one.document).length > 0) {
      findings.push(["structure.parts_not_examined", {count: inside.partsOf(one.document).length}]);
    }
    return report(findings, {document: examined.proven ? one.document : null, technical: examined.technical, endorsements: children, said: one.document});
  }

  const weighed = ([code, facts, required = true]) => ({code, ...data.codes[code], facts, required: data.codes[code].required && required});

  function report(findings, more) {
    const checks = findings.map(weighed);
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

function without(object, names) {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
