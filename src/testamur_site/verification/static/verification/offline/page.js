// The offline verify page: files in, reports out, nothing leaves the browser.

import {forget, keep, kept, listed, open} from "./bundle.js";
import {isObject, many} from "./formats/read.js";
import {Refused} from "./formats/encodings.js";
import {verdictOf, verifierWith} from "./verifier.js";
import {nextStep, plain, sentence, written} from "./words.js";

const root = document.querySelector("[data-offline]");
const say = JSON.parse(document.getElementById("offline-words").textContent);
const tag = document.documentElement.lang.startsWith("ko") ? "ko" : "en";
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const MARKS = {passed: "circle-check", failed: "circle-x", unknown: "circle-question-mark", info: "info"};

let verifier;
let language;

/** An element with attributes and children; texts become text nodes, so nothing of a document is ever read as HTML. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

function icon(name, label) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("class", "icon");
  if (label) {
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-label", label);
  } else {
    drawing.setAttribute("aria-hidden", "true");
  }
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${root.dataset.icons}#${name}`);
  drawing.append(use);
  return drawing;
}

/** What merely informs gets a quieter mark than what could not be decided; not so the issuer's entitlement, which is a doubt. */
const kindOf = (check) => (check.outcome === "unknown" && !check.required && check.question !== "entitled" ? "info" : check.outcome);

function mark(kind) {
  const label = kind === "info" ? say.informs : language.outcomes[kind];
  return element("span", {class: `outcome ${kind === "info" ? "quiet" : kind}`}, icon(MARKS[kind], label));
}

/** As the report of the ordinary page: the question's mark, what a reader in a hurry must know, and all checks folded away. */
function questionBlock(question, checks) {
  const kinds = checks.map(kindOf);
  const outcome = {valid: "passed", invalid: "failed", undetermined: "unknown"}[verdictOf(checks)];
  const doubts = checks.filter((check) => ["failed", "unknown"].includes(kindOf(check)));
  const told = doubts.length > 0 ? doubts.sort((one, other) => (kindOf(other) === "failed") - (kindOf(one) === "failed")) : checks.slice(-1);
  const matter = element("div", {class: "matter"});
  for (const check of told) {
    const step = nextStep(check, language);
    matter.append(element("p", {}, sentence(check, language), step ? element("span", {class: "soft"}, ` ${step}`) : null));
  }
  const all = element("ul", {class: "checks"});
  for (const check of checks) {
    const code = element("p", {class: "small soft mono"}, check.code);
    all.append(element("li", {}, mark(kindOf(check)), element("div", {}, element("p", {}, sentence(check, language)), code)));
  }
  const hidden = element("span", {class: "visually-hidden"}, `: ${language.questions[question]}`);
  matter.append(element("details", {class: "more small"}, element("summary", {}, say.checks.replace("%s", checks.length), hidden), all));
  const quiet = kinds.every((kind) => kind === "info");
  return element("li", {}, mark(quiet ? "info" : outcome), element("h3", {}, language.questions[question]), matter);
}

function about(report) {
  const {document: credential} = report;
  if (!credential) return element("p", {class: "soft"}, say.unconfirmed);
  const said = (value) => (typeof value === "string" ? value : isObject(value) && typeof value["@value"] === "string" ? value["@value"] : "");
  const subject = many(credential.credentialSubject).find(isObject) ?? {};
  const issuer = isObject(credential.issuer) ? credential.issuer : {id: credential.issuer};
  const name = many(subject.identifier).find((entry) => isObject(entry) && entry.identityType === "name" && !entry.hashed)?.identityHash;
  const facts = element("dl", {class: "facts tight"});
  const fact = (title, value) => value && facts.append(element("div", {}, element("dt", {}, title), element("dd", {}, element("bdi", {}, plain(value)))));
  fact(say.what, said(subject.achievement?.name) || said(credential.name));
  fact(say.holder, said(subject.name) || name);
  fact(say.issuer, said(issuer.name) || issuer.id);
  const begin = credential.awardedDate ?? credential.validFrom ?? credential.issuanceDate;
  if (typeof begin === "string") fact(say.awarded, written(begin, tag));
  return facts;
}

/** What must be known beside the verdict: the first failure, else the first necessary doubt, else that nobody known vouches for the issuer. */
function reasonOf(checks) {
  const unknown = checks.filter(({outcome}) => outcome === "unknown");
  const vouched = checks.some(({question, outcome}) => question === "entitled" && outcome === "passed");
  const entitled = unknown.filter(({question}) => question === "entitled" && !vouched);
  return [...checks.filter(({outcome}) => outcome === "failed"), ...unknown.filter(({required}) => required), ...entitled][0];
}

function shown(name, report) {
  const tone = {valid: "passed", invalid: "failed", undetermined: "unknown"}[report.verdict];
  const reason = reasonOf(report.checks);
  // Valid, but from somebody whom nobody known here vouches for, is never green.
  const shade = tone === "passed" && reason ? "quiet" : tone;
  const head = element("h2", {class: `verdict ${shade}`}, icon(MARKS[tone], ""), ` ${language.verdicts[report.verdict]}`);
  const beside = reason ? element("p", {}, mark(kindOf(reason)), " ", element("strong", {}, sentence(reason, language))) : null;
  const questions = element("ol", {class: "findings"});
  for (const question of Object.keys(language.questions)) {
    const checks = report.checks.filter((check) => check.question === question);
    if (checks.length > 0) questions.append(questionBlock(question, checks));
  }
  const engineers = element("details", {class: "more small"}, element("summary", {}, say.engineers), element("pre", {class: "small", tabindex: "0"}, JSON.stringify({verdict: report.verdict, checks: report.checks, technical: report.technical}, null, 2)));
  return element("article", {class: "panel flow", "data-verdict": report.verdict}, element("p", {class: "eyebrow"}, plain(name)), head, element("p", {class: "lead"}, language.verdict_sentences[report.verdict]), beside, about(report), questions, engineers);
}

/** Whether there is a report. What a browser cannot cope with (out of memory, say) is told, and the next document has its turn. */
async function verify(name, bytes) {
  try {
    part("results").prepend(shown(name, await verifier.verify(bytes)));
    return true;
  } catch (error) {
    console.warn(error);
    part("results").prepend(element("article", {class: "panel"}, element("p", {}, `${plain(name)}: ${say.notExamined}`)));
    return false;
  }
}

async function showKept() {
  const resources = await listed();
  part("kept").replaceChildren(...resources.map(({url, fetchedAt}) => element("li", {}, element("span", {class: "mono small"}, plain(url)), " ", element("span", {class: "soft small"}, written(fetchedAt, tag)))));
  part("nothing-kept").hidden = resources.length > 0;
  part("forget").hidden = resources.length === 0;
}

async function openBundle(bytes) {
  try {
    const resources = await open(bytes);
    await keep(resources);
    status(say.opened.replace("%s", resources.length));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    status(say.noBundle);
  }
  await showKept();
}

const status = (text) => {
  part("status").textContent = text;
};

const bytesOf = async (file) => new Uint8Array(await file.arrayBuffer());

async function start() {
  // Found by the worker where there is no network.
  const data = await (await fetch(root.dataset.data)).json();
  language = data.languages[tag];
  verifier = verifierWith(data, kept);
  part("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = event.target.elements.text.value.trim();
    const files = [...event.target.elements.files.files];
    if (!text && files.length === 0) return status(say.nothing);
    for (const file of files) await verify(file.name, await bytesOf(file));
    if (text) await verify(say.pasted, new TextEncoder().encode(text));
    event.target.reset();
    status(say.verified);
    part("results").querySelector("h2")?.scrollIntoView({block: "center"});
  });
  part("bundle").addEventListener("change", async (event) => {
    for (const file of event.target.files) await openBundle(await bytesOf(file));
    event.target.value = "";
  });
  part("collect").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(event.target.action, {method: "POST", body: new FormData(event.target)});
      if (!answer.ok) return status(say.notCollected);
      await openBundle(new Uint8Array(await answer.arrayBuffer()));
      event.target.reset();
    } catch {
      status(say.noNetwork);
    }
  });
  part("forget").addEventListener("click", async () => {
    await forget();
    await showKept();
    status(say.forgotten);
  });
  await showKept();
  part("form").hidden = false;
  part("without-scripts").hidden = true;
  root.dataset.ready = "yes";
}

async function install() {
  if (!navigator.serviceWorker) return;
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data.kept) {
      part("installed").hidden = false;
      root.dataset.installed = "yes";
    }
  });
  await navigator.serviceWorker.register(root.dataset.worker, {scope: "/verify/offline"});
  const ready = await navigator.serviceWorker.ready;
  const drawnWith = performance.getEntriesByType("resource").map((entry) => entry.name.split("#")[0]).filter((name) => new URL(name).pathname.startsWith("/static/"));
  ready.active.postMessage({keep: [...new Set(drawnWith)]});
}

globalThis.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  const button = part("install");
  button.hidden = false;
  button.addEventListener("click", () => event.prompt(), {once: true});
});

await start();
await install();
