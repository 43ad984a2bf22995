// What stands inside a document or in the place of it: credentials that it gathers, endorsements, a newer copy. As testamur.verification
// does it in `standards.parts`, `checks.endorsements` and `refresh`. `judge(document or bytes)` gives the report of one of them.

import {moment} from "../formats/moments.js";
import {isObject, many} from "../formats/read.js";
import {isBound} from "./proof.js";

const MOST_PARTS = 256;
const MOST_ENDORSEMENTS = 8;
const DEEPEST_PARTS = 2;
const NOT_ENTERED = ["endorsement", "endorsementJwt", "verifiableCredential"];

/** The credentials directly inside a document: its own, and those of its subjects. */
export function partsOf(document) {
  const subjects = many(document.credentialSubject).filter(isObject);
  return [document, ...subjects].flatMap((node) => many(node.verifiableCredential));
}

/** `{findings, reports}` of the credentials that `one` gathers. The whole holds only if each of them does. */
export async function parts(one, depth, judge) {
  const inside = partsOf(one.document);
  if (inside.length === 0) return {findings: many(one.document.type).includes("ClrCredential") ? [["parts.none", {}]] : [], reports: []};
  if (inside.length > MOST_PARTS || depth >= DEEPEST_PARTS) {
    return {findings: [["parts.too_many", {count: inside.length, limit: depth < DEEPEST_PARTS ? MOST_PARTS : 0}]], reports: []};
  }
  const reports = [];
  for (const part of inside) if (isObject(part) || typeof part === "string") reports.push(await judge(part));
  const count = inside.length;
  const failing = count - reports.length + reports.filter(({verdict}) => verdict === "invalid").length;
  const open = reports.filter(({verdict}) => verdict === "undetermined").length;
  const findings = [];
  if (failing > 0) findings.push(["parts.fail", {count, failing}]);
  if (open > 0) findings.push(["parts.open", {count, open}]);
  return {findings: findings.length > 0 ? findings : [["parts.hold", {count}]], reports};
}

/** `{findings, reports}` of the endorsements anywhere inside `one`. */
export async function endorsements(one, judge) {
  const carriers = [...carriersIn(one.document, true)];
  const inside = carriers.flatMap(carried);
  if (inside.length === 0) return {findings: [], reports: []};
  if (inside.length > MOST_ENDORSEMENTS) {
    return {findings: [["endorsements.too_many", {count: inside.length, limit: MOST_ENDORSEMENTS}]], reports: []};
  }
  const reports = [];
  for (const each of inside) reports.push(await judge(each));
  const holding = reports.filter(({verdict}) => verdict === "valid");
  const about = [one.document, one.document.issuer, ...many(one.document.credentialSubject).filter(isObject).map(({achievement}) => achievement)]
    .map((node) => (isObject(node) ? node.id : node));
  const endorsed = (report) => many(report.document.credentialSubject).find(isObject)?.id;
  const known = [...about, ...carriers.map(({id}) => id)];
  const other = holding.filter((report) => !known.includes(endorsed(report))).length;
  const vouchers = holding
    .filter((report) => about.includes(endorsed(report)))
    .map((report) => report.checks.find(({code}) => code === "trust.listed"))
    .filter(Boolean);
  const findings = [];
  if (vouchers.length > 0) findings.push(["endorsements.by_listed", {count: vouchers.length, institution: vouchers[0].facts.institution}]);
  if (holding.length < reports.length) findings.push(["endorsements.not_all_valid", {count: reports.length, valid: holding.length}]);
  else if (vouchers.length === 0 && other === 0) findings.push(["endorsements.valid", {count: holding.length}]);
  if (other > 0) findings.push(["endorsements.about_other", {count: reports.length, other}]);
  return {findings, reports};
}

/** Every object that has endorsements. Credentials inside are documents of their own, with reports in which their endorsements stand. */
function* carriersIn(value, top = false) {
  if (Array.isArray(value)) {
    for (const item of value) yield* carriersIn(item);
  } else if (isObject(value)) {
    if ("endorsement" in value || "endorsementJwt" in value) yield value;
    for (const [name, item] of Object.entries(value)) {
      if (!NOT_ENTERED.includes(name) && !(top && (name === "@context" || name === "proof"))) yield* carriersIn(item);
    }
  }
}

function carried({endorsement, endorsementJwt}) {
  return [...many(endorsement).filter(isObject), ...many(endorsementJwt).filter((each) => typeof each === "string")];
}

/** What is to be said of a newer copy that the issuer keeps, and its report where it takes the place of `one`: `{finding, newer}`. */
export async function refreshed(one, judge) {
  const address = services(one.document)[0]?.id;
  if (typeof address !== "string" || !address) return {finding: null, newer: null};
  let resource;
  try {
    resource = await one.fetch(address);
  } catch (error) {
    return {finding: ["refresh.not_obtained", {address, reason: error.code}], newer: null};
  }
  const newer = await judge(resource.content);
  const other = {finding: ["refresh.other", {address}], newer: null};
  if (!confirmed(newer) || !ofOneIssuerAndNotOlder(one, newer.document)) return other;
  const [before, after] = [one.document.id, newer.document.id];
  if (typeof before !== "string" || typeof after !== "string") return other;
  if (plain(before) === plain(after)) return {finding: ["refresh.used", {address, asked_at: resource.fetchedAt}], newer};
  if (!services(newer.document).some(({id}) => id === address)) return other;
  return {finding: ["refresh.successor", {address, asked_at: resource.fetchedAt, before, after}], newer};
}

/** The refresh services of 1EdTech that a document names. */
function services(document) {
  return many(document.refreshService).filter((entry) => isObject(entry) && many(entry.type).includes("1EdTechCredentialRefresh"));
}

function plain(identifier) {
  try {
    return decodeURIComponent(identifier.trim());
  } catch {
    return identifier.trim();
  }
}

/** Its signature is true, and the issuer's. */
function confirmed(report) {
  const genuine = report.checks.filter(({question}) => question === "genuine");
  const bound = report.checks.filter(({name}) => name === "issuer.binding").map(({code, outcome}) => isBound(code, outcome));
  const holds = genuine.every(({outcome, required}) => outcome === "passed" || (outcome === "unknown" && !required));
  return report.document !== null && holds && bound.length === 1 && bound[0];
}

function ofOneIssuerAndNotOlder(one, newer) {
  const since = moment(newer.validFrom ?? newer.issuanceDate);
  const earlier = moment(one.document.validFrom ?? one.document.issuanceDate);
  if (earlier !== null && (since === null || since < earlier)) return false;
  return (isObject(newer.issuer) ? newer.issuer.id : newer.issuer) === one.issuer;
}
