// Who lets the issuer award? As testamur.verification.accreditation resolves it, for the formats that a browser checks.

import {isObject, many, read} from "../formats/read.js";
import {iso, moment} from "../formats/moments.js";
import {isBound} from "./proof.js";
import {matches} from "./validity.js";

const MOST = 8;
const MOST_PARENTS = 4;
const MOST_STATEMENTS = 4;
const MOST_STEPS = 3;
const LONGEST_NARRATIVE = 200_000;
const STATEMENTS = [
  "IssuanceCertificate", "VerifiableAccreditation", "VerifiableAccreditationToAttest", "VerifiableAccreditationToAccredit",
  "VerifiableAuthorisationForTrustChain",
];
const GENERAL = ["VerifiableCredential", "VerifiableAttestation", "OpenBadgeCredential", "AchievementCredential"];
const WITHDRAWN = ["status.revoked", "status.suspended", "status.revoked_or_suspended"];
const EQF = /^https?:\/\/data\.europa\.eu\/snb\/eqf\/([1-8])\/?$/;
const EQF_NAME = /\bEQF\b|European Qualifications Framework/;
const LINK = /\(<(https?:\/\/[^\s<>]{1,2000})>\)/;

/** The findings about the accreditation of the issuer of `one`. `endorsers` are the reports about its endorsements, `judge` verifies bytes. */
export async function accreditation(one, endorsers, data, judge) {
  const award = awardOf(one);
  const around = {one, award, registers: data.registers};
  const resolved = [...registered(around), ...endorsed(around, endorsers)];
  for (const address of statements(one.document).slice(0, MOST_STATEMENTS)) {
    resolved.push(await followed(around, judge, address, one.issuer, [], MOST_STEPS));
  }
  const answered = resolved.map(([, facts]) => facts.body);
  resolved.push(...said(one.document, data.annexI).map((claim) => onlySaid(around, claim)).filter(([, {body}]) => !answered.includes(body)));
  if (!resolved.some(([code]) => code === "accreditation.confirmed")) return resolved;
  const failing = resolved.filter(([code]) => data.codes[code].outcome === "failed");
  const kept = resolved.filter(([code]) => data.codes[code].outcome !== "failed").map(([code, facts]) => [code, facts, false]);
  return failing.length > 0 ? [...kept, ["accreditation.others_fail", {count: failing.length}]] : kept;
}

function listings({registers}, identifier) {
  return registers
    .flatMap((register) => register.institutions.map((institution) => ({register, institution})).filter(({institution}) => matches(institution, identifier)))
    .sort((a, b) => Number(b.register.reliedOn) - Number(a.register.reliedOn));
}

function accrediting(around, body) {
  if (typeof body !== "string") return null;
  const inForce = ({from, until}) => (!from || moment(from) <= around.award.at) && (!until || around.award.at <= moment(until));
  return listings(around, body).find(({register, institution}) => register.reliedOn && institution.accredits && inForce(institution)) ?? null;
}

function* registered(around) {
  const {award, one} = around;
  for (const {register, institution} of listings(around, one.issuer ?? "")) {
    for (const entry of institution.accreditations.slice(0, MOST)) {
      const body = accrediting(around, entry.by)?.institution.name ?? entry.by;
      const [since, until] = [entry.from ? moment(entry.from) : null, entry.until ? moment(entry.until) : null];
      if (!register.reliedOn) yield ["accreditation.known_not_relied_on", {body, register: register.name}];
      else if (entry.renewed && until !== null && until < award.at) yield ["accreditation.not_decided", {body}];
      else if (since !== null && award.at < since) yield ["accreditation.not_begun", {body, since: iso(since), awarded: iso(award.at)}];
      else yield fits(award, {body, register: register.name, source: "register", since, until}, [entry]);
    }
  }
}

function* endorsed(around, endorsers) {
  const {document} = around.one;
  const about = [document, document.issuer, ...many(document.credentialSubject).filter(isObject).map(({achievement}) => achievement)]
    .map(idOf)
    .filter(Boolean);
  for (const report of endorsers) {
    const listing = accrediting(around, idOf(report.said?.issuer));
    const subject = idOf(many(report.said?.credentialSubject).find(isObject));
    if (listing === null || !about.includes(subject)) continue;
    const dates = {since: moment(report.said.validFrom ?? report.said.issuanceDate), until: moment(report.said.validUntil ?? report.said.expirationDate)};
    yield judged(around.award, standing(report), listing, {source: "endorsement", ...dates}, []);
  }
}

async function followed(around, judge, address, subject, scopes, steps) {
  let content, document;
  try {
    content = unwrapped((await around.one.fetch(address)).content);
    document = (await read(content)).credential ?? {};
  } catch (error) {
    return ["accreditation.not_obtained", {address, reason: error.code ?? "resolution.offline"}];
  }
  const body = idOf(document.issuer) ?? "—";
  const listing = accrediting(around, body);
  const about = many(document.credentialSubject).map(idOf)[0] ?? null;
  const further = statements(document);
  const found = standing(await judge(content));
  const dates = {since: moment(document.validFrom ?? document.issuanceDate), until: moment(document.validUntil ?? document.expirationDate)};
  const all = [...scopes, {achievementTypes: accreditedFor(document), levels: []}];
  if (listing !== null) {
    if (about !== subject) return ["accreditation.of_another", {body: listing.institution.name, subject: about ?? "—"}];
    return judged(around.award, found, listing, {source: "statement", ...dates}, all);
  }
  const ends = about !== subject || found !== "holds" || further.length === 0 || steps <= 1 || outOfTime(around.award, {body, ...dates}) !== null;
  return ends ? ["accreditation.body_unknown", {body}] : followed(around, judge, further[0], body, all, steps - 1);
}

function unwrapped(content) {
  try {
    const body = JSON.parse(new TextDecoder().decode(content))?.attribute?.body;
    return typeof body === "string" ? new TextEncoder().encode(body) : content;
  } catch {
    return content;
  }
}

function standing({checks}) {
  if (checks.some(({outcome, name}) => outcome === "failed" && (name === "proof" || name === "issuer.binding"))) return "false";
  if (checks.some(({code}) => WITHDRAWN.includes(code))) return "withdrawn";
  const bound = checks.some(({name, code, outcome}) => name === "issuer.binding" && isBound(code, outcome));
  const open = checks.some(({name, outcome, required}) => outcome !== "passed" && required && !name.startsWith("dates."));
  return bound && !open ? "holds" : "open";
}

function judged(award, found, listing, statement, scopes) {
  const body = listing.institution.name;
  const code = {false: "accreditation.not_genuine", withdrawn: "accreditation.withdrawn", open: "accreditation.not_decided"}[found];
  if (code) return [code, {body}];
  return fits(award, {body, register: listing.register.name, ...statement}, [...scopes, listing.institution.accredits]);
}

function fits(award, {body, register, source, since, until}, scopes) {
  const elsewhen = outOfTime(award, {body, since, until});
  if (elsewhen !== null) return elsewhen;
  const parts = (scope) => [["achievementType", scope.achievementTypes, award.types], ["level", scope.levels, award.levels]];
  for (const [part, allowed, stated] of scopes.flatMap(parts)) {
    if (allowed.length > 0 && stated.length > 0 && !stated.some((each) => allowed.includes(each))) {
      return ["accreditation.not_covered", {body, part, stated: [...stated].sort()}];
    }
  }
  for (const [part, allowed, stated] of scopes.flatMap(parts)) {
    if (allowed.length > 0 && stated.length === 0) return ["accreditation.scope_open", {body, part}];
  }
  return ["accreditation.confirmed", {body, register, source, awarded: iso(award.at)}];
}

function outOfTime(award, {body, since, until}) {
  const awarded = iso(award.at);
  if (until !== null && until < award.at) return ["accreditation.ended", {body, until: iso(until), awarded}];
  if (since !== null && award.at < since) return ["accreditation.later", {body, since: iso(since), awarded}];
  return null;
}

function onlySaid(around, {body, name, kind, since}) {
  if (kind === "parent") {
    const listed = listings(around, body ?? "").find(({register}) => register.reliedOn);
    if (!listed) return ["accreditation.parent_unknown", {body: name}];
    return ["accreditation.parent_only_said", {body: listed.institution.name, register: listed.register.name}];
  }
  const listing = accrediting(around, body);
  if (listing === null) return ["accreditation.body_unknown", {body: name}];
  const known = {body: listing.institution.name};
  if (since !== null && around.award.at < since) return ["accreditation.only_said_not_fitting", known];
  return ["accreditation.only_said", {...known, register: listing.register.name}];
}

function said(document, annexI) {
  const claims = new Map();
  for (const claim of [...extension(document), ...qualityAssurance(document, annexI), ...parents(document)]) {
    const key = JSON.stringify([claim.body ?? claim.name, claim.kind]);
    if (!claims.has(key)) claims.set(key, claim);
  }
  return [...claims.values()].slice(0, MOST);
}

function* extension(document) {
  for (const node of nodes(document.issuer).flatMap(({accreditations}) => nodes(accreditations))) {
    const body = [node.id, node.url].find((each) => typeof each === "string") ?? null;
    yield {body, name: text(node.name) ?? body ?? "—", kind: "accreditation", since: day(node.accreditationDate)};
  }
}

function* qualityAssurance(document, {headings, accredited}) {
  const achievements = nodes(document.credentialSubject).flatMap(({achievement}) => nodes(achievement));
  for (const {narrative} of achievements.flatMap(({criteria}) => nodes(criteria))) {
    if (typeof narrative !== "string" || [...narrative].length > LONGEST_NARRATIVE) continue;
    let inside = false;
    for (const line of narrative.split("\n")) {
      if (line.startsWith("## ")) inside = headings.includes(line.slice(3).trim());
      else if (inside && line.startsWith("- ") && accredited.some((word) => line.startsWith(word, 2))) {
        const address = LINK.exec(line)?.[1] ?? null;
        const colon = line.indexOf(":", 2);
        const name = colon < 0 ? "" : line.slice(colon + 1).split(" (<")[0].trim();
        yield {body: address, name: name || address || "—", kind: "accreditation", since: null};
      }
    }
  }
}

function* parents(document) {
  let waiting = nodes(document.issuer);
  for (let step = 0; step < MOST_PARENTS; step += 1) {
    waiting = waiting.slice(0, 1).flatMap(({parentOrg}) => nodes(parentOrg));
    for (const parent of waiting) yield {body: idOf(parent), name: text(parent.name) ?? idOf(parent) ?? "—", kind: "parent", since: null};
  }
}

function awardOf({document, now}) {
  const achievements = nodes(document.credentialSubject).flatMap(({achievement}) => nodes(achievement));
  const types = [
    ...achievements.map(({achievementType}) => achievementType),
    ...many(document.type).filter((name) => typeof name === "string").map(local).filter((name) => !GENERAL.includes(name)),
  ].filter((name) => typeof name === "string");
  const levels = achievements.flatMap(({alignment}) => nodes(alignment)).map(level).filter(Boolean);
  const at = [document.awardedDate, document.validFrom ?? document.issuanceDate].map(moment).find((each) => each !== null) ?? now;
  return {types: [...new Set(types)], levels: [...new Set(levels)], at};
}

function level({targetUrl, targetFramework, targetCode}) {
  const found = EQF.exec(String(targetUrl));
  if (found) return found[1];
  return EQF_NAME.test(String(targetFramework)) && /^[1-8]$/.test(String(targetCode)) ? String(targetCode) : null;
}

function statements(document) {
  const named = nodes(document.termsOfUse)
    .filter(({id, type}) => typeof id === "string" && many(type).some((name) => typeof name === "string" && STATEMENTS.includes(local(name))))
    .map(({id}) => id);
  return [...new Set(named)];
}

function accreditedFor(document) {
  const types = nodes(document.credentialSubject).flatMap((subject) => nodes(subject.accreditedFor)).flatMap((entry) => many(entry.types));
  return types.filter((name) => typeof name === "string").map(local).filter((name) => !GENERAL.includes(name));
}

const nodes = (value) => many(value).map((each) => (typeof each === "string" ? {id: each} : each)).filter(isObject);
const idOf = (value) => {
  const id = isObject(value) ? value.id : value;
  return typeof id === "string" && id ? id : null;
};
const local = (name) => name.split("#").pop().split("/").pop();
const day = (value) => (typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) ? moment(`${value}T00:00:00Z`) : moment(value));

/** The first text of a name that may be in several languages. */
function text(value) {
  let found = value;
  while (found !== null && typeof found === "object" && Object.keys(found).length > 0) found = Array.isArray(found) ? found[0] : found.en ?? Object.values(found)[0];
  return typeof found === "string" && found ? found.slice(0, 500) : null;
}
