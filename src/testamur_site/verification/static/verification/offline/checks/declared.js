// The schemas that a credential names itself, as far as a browser deals with them: those of Open Badges are applied already, those that are not
// at hand are said to be away, and those that are at hand are left to the platform, so that the answer is never green without them.

import {isObject, many} from "../formats/read.js";

const MOST = 4;
const PLAIN = ["JsonSchema", "1EdTechJsonSchemaValidator2019", "JsonSchemaValidator2019", "JsonSchemaValidator2018"];
const CREDENTIAL = "JsonSchemaCredential";
const PUBLISHED = /^https:\/\/purl\.imsglobal\.org\/spec\/ob\/v3p0\/schema\/(?:json|json-ld)\/ob_v3p0_(any)?(achievement|endorsement)credential_schema\.json$/;

/** The findings about the schemas of `one`; `proven` says whether its bytes were confirmed. */
export async function declared(one, proven) {
  const stated = many(one.document.credentialSchema);
  if (stated.length === 0) return [];
  if (!proven || one.types.includes(CREDENTIAL)) return [["structure.schema_reference_not_followed", {count: stated.length}]];
  const findings = [];
  let count = Math.max(0, stated.length - MOST);
  for (const entry of stated.slice(0, MOST)) {
    const found = isObject(entry) ? await ofEntry(one, entry) : null;
    if (found === null) count += 1;
    else findings.push(found);
  }
  return count > 0 ? [...findings, ["structure.schema_reference_not_followed", {count}]] : findings;
}

async function ofEntry(one, {id: schema, type}) {
  if (typeof schema !== "string" || !many(type).some((kind) => PLAIN.includes(kind) || kind === CREDENTIAL)) return null;
  if (isApplied(one, schema)) return ["structure.schema_reference_known", {schema}];
  try {
    await one.fetch(schema);
  } catch (error) {
    return ["structure.schema_reference_unavailable", {schema, reason: error.code}];
  }
  return ["structure.schema_reference_not_here", {schema}];
}

function isApplied(one, schema) {
  const published = PUBLISHED.exec(schema);
  if (published === null) return false;
  const fits = published[2] === "achievement" ? one.isAchievement : one.isEndorsement;
  return fits && (one.version === "2.0" || published[1] !== undefined || published[2] === "endorsement");
}
