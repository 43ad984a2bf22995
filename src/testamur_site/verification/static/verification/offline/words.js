// Findings in words: the sentences of testamur.verification.sentences, filled here as there. `language` is one of `data.languages`.

const LONGEST = 160;
// eslint-disable-next-line no-control-regex
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** A text of a document as one short line that cannot pretend to be ours. */
export function plain(value) {
  if (Array.isArray(value)) return value.map(plain).join(", ");
  const text = (value === null || value === undefined ? "None" : value === true ? "True" : value === false ? "False" : String(value))
    .replace(HIDDEN, " ")
    .split(/\s+/u)
    .filter(Boolean)
    .join(" ");
  const signs = [...text];
  return signs.length <= LONGEST ? text : `${signs.slice(0, LONGEST - 1).join("")}…`;
}

/** A moment as readers write it; midnight UTC is written as a day. */
export function written(moment, tag) {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return "—";
  const two = (number) => String(number).padStart(2, "0");
  const [hour, minute] = [date.getUTCHours(), date.getUTCMinutes()];
  const time = hour === 0 && minute === 0 ? "" : `${two(hour)}:${two(minute)} UTC`;
  if (tag === "ko") return `${date.getUTCFullYear()}년 ${date.getUTCMonth() + 1}월 ${date.getUTCDate()}일${time ? ` ${time}` : ""}`;
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}${time ? `, ${time}` : ""}`;
}

function reason(code, language) {
  if (Object.hasOwn(language.reasons, code)) return language.reasons[code];
  const family = language.reasons[code.split(".")[0]] ?? "";
  return family ? `${family} (${plain(code)})` : language.other_reason.replace("{code}", () => plain(code));
}

function filled(template, facts, language) {
  return template.replace(/\{\{|\}\}|\{(\w+)(?::(\w+))?\}/g, (whole, name, form) => {
    if (whole === "{{" || whole === "}}") return whole[0];
    const value = facts[name];
    switch (form) {
      case "date":
        return written(value, language.tag);
      case "reason":
        return reason(String(value), language);
      case "word":
        return language.words[String(value)] ?? plain(value);
      case "rule":
        return language.rules[String(value)] ?? language.other_rule;
      default:
        return plain(value);
    }
  });
}

export const sentence = (check, language) => filled(language.findings[check.code], check.facts, language);

export function nextStep(check, language) {
  const template = language.next_steps[check.code];
  return template ? filled(template, check.facts, language) : null;
}
