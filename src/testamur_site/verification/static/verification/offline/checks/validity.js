// Dates, holder, what it took, and who is on a register: the findings that need no signature of their own.

import {iso, moment} from "../formats/moments.js";
import {isObject, many} from "../formats/read.js";

/** Is it valid at `one.now`? */
export function dates(one) {
  const begin = stated(one.document, ["validFrom", "issuanceDate"]);
  const end = stated(one.document, ["validUntil", "expirationDate"]);
  const since = begin.moments.length > 0 ? Math.max(...begin.moments) : null;
  const until = end.moments.length > 0 ? Math.min(...end.moments) : null;
  const now = iso(one.now);
  let first = ["dates.begin_absent", {}];
  if (begin.unreadable) first = ["dates.begin_malformed", {term: begin.unreadable}];
  else if (since !== null) first = since > one.now ? ["dates.not_yet_valid", {since: iso(since), now}] : ["dates.begun", {since: iso(since)}];
  let second = ["dates.no_end", {}];
  if (end.unreadable) second = ["dates.end_malformed", {term: end.unreadable}];
  else if (until !== null && since !== null && until < since) second = ["dates.order", {since: iso(since), until: iso(until)}];
  else if (until !== null) second = until < one.now ? ["dates.expired", {until: iso(until), now}] : ["dates.not_expired", {until: iso(until)}];
  return [first, second];
}

function stated(document, names) {
  const given = names.filter((name) => document[name] !== undefined && document[name] !== null);
  const unreadable = given.find((name) => moment(document[name]) === null);
  return {moments: given.map((name) => moment(document[name])).filter((value) => value !== null), unreadable};
}

/** Does it show criteria, evidence, results? */
export function whatItTook(one) {
  const subject = many(one.document.credentialSubject).find(isObject) ?? {};
  const achievement = isObject(subject.achievement) ? subject.achievement : {};
  const objects = (value) => many(value).filter(isObject).length;
  const [evidence, results] = [objects(one.document.evidence), objects(subject.result)];
  if (evidence > 0 || results > 0) return ["what_it_took.described", {evidence, results, alignments: objects(achievement.alignment)}];
  const {criteria} = achievement;
  return isObject(criteria) && (criteria.id || criteria.narrative) ? ["what_it_took.criteria_only", {}] : ["what_it_took.nothing", {}];
}

/** Is the issuer on one of the registers that this deployment has loaded? `registers` as `/verify/offline/data.json` gives them. */
export function trust(one, bound, registers) {
  if (!bound) return ["trust.issuer_not_proven", {}];
  const found = registers.flatMap((register) =>
    register.institutions.map((institution) => ({register, institution, matched: matches(institution, one.issuer)})).filter(({matched}) => matched),
  );
  const inForce = found.filter(({institution}) => (!institution.from || moment(institution.from) <= one.now) && (!institution.until || one.now <= moment(institution.until)));
  const facts = ({register, institution, matched}) => ({institution: institution.name, register: register.name, matched});
  const relied = inForce.find(({register}) => register.reliedOn);
  if (relied) return ["trust.listed", facts(relied)];
  if (inForce.length > 0) return ["trust.known_not_relied_on", facts(inForce[0])];
  if (found.length > 0) return ["trust.listing_not_in_force", {institution: found[0].institution.name, register: found[0].register.name}];
  return ["trust.issuer_unknown", {issuer: one.issuer ?? "—"}];
}

/** By what `institution` is found to be `issuer`: the identifier, the domain, or nothing. */
export function matches(institution, issuer) {
  if (institution.ids.includes(issuer)) return issuer;
  const host = hostOf(issuer);
  if (!host) return null;
  return institution.domains.find((domain) => (domain.startsWith("*.") ? host.endsWith(domain.slice(1)) && host !== domain.slice(2) : host === domain)) ?? null;
}

function hostOf(issuer) {
  let host = "";
  if (issuer?.startsWith("did:web:")) host = decodeURIComponent(issuer.slice(8).split(/[:#]/)[0]);
  else if (issuer?.startsWith("https://")) host = issuer.slice(8).split(/[/?#]/)[0];
  host = host.toLowerCase().replace(/\.+$/, "").replace(/:443$/, "");
  return /[@:/?#[\]% ]/.test(host) ? "" : host;
}
