// Forms: a dialog that loses nothing, whatever happens to it.

import { BROKEN, UNREACHABLE, all, find, kept, me, newKey, parse } from "./page.js";

const PAUSE = 800;
const LONG_LINE = 2000;
const dialog = find("#form");
const letters = Intl.Segmenter ? new Intl.Segmenter("en", { granularity: "grapheme" }) : null;

const formOf = () => find("form", dialog);
const fieldsOf = () => all("[data-field]", dialog);
const inputsOf = (field) => all("input:not([type=hidden]), select, textarea", field);
const isDraftable = () => formOf()?.getAttribute("action") === "/submit";
const nameOf = () => `form ${formOf().dataset.form}`;

let isDirty = false;
let pausing;
let sending = null;

export function start() {
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-cancel]")) leave();
  });
  dialog.addEventListener("input", onInput);
  for (const moved of ["keyup", "click", "focusin"]) {
    dialog.addEventListener(moved, (event) => count(event.target.closest("[data-field]")));
  }
  // A draft that is still on its way must not arrive after the form itself.
  dialog.addEventListener("htmx:confirm", (event) => {
    clearTimeout(pausing);
    if (!sending) return;
    event.preventDefault();
    sending.finally(() => event.detail.issueRequest(true));
  });
  dialog.addEventListener("htmx:beforeRequest", (event) => {
    const long = tooLong();
    if (Object.keys(long).length) {
      event.preventDefault();
      wrong(long);
    } else busy(true);
  });
  dialog.addEventListener("htmx:afterRequest", (event) => {
    busy(false);
    const { successful, xhr } = event.detail;
    if (successful) return;
    if (xhr.status && xhr.status < 500) wrong({ "": xhr.responseText });
    else wrong({ "": `${xhr.status === 500 ? BROKEN : UNREACHABLE} Try again in a moment.` });
  });
  addEventListener("pagehide", () => {
    if (!dialog.open || !isDirty || !isDraftable()) return;
    navigator.sendBeacon("/submit", draft());
  });
}

export function open(html) {
  clearTimeout(pausing);
  isDirty = false;
  dialog.replaceChildren(...parse(html));
  window.htmx.process(dialog);
  restore();
  apply();
  fieldsOf().forEach(count);
  if (!dialog.open) dialog.showModal();
  const first = fieldsOf().filter((field) => !field.hidden).flatMap(inputsOf)[0];
  (first ?? find("[type=submit]", dialog)).focus();
  find(".fields", dialog).scrollTop = 0;
}

// The form was taken: nothing of it needs keeping any more.
export function done() {
  if (!dialog.open) return;
  clearTimeout(pausing);
  if (isDraftable()) kept.set(nameOf(), "");
  isDirty = false;
  dialog.close();
}

export function wrong(sentences) {
  const left = { ...sentences };
  let first = null;
  for (const field of fieldsOf()) {
    const sentence = left[field.dataset.field];
    delete left[field.dataset.field];
    complain(field, sentence ?? "");
    if (sentence) first ??= field;
  }
  const whole = find("[data-whole]", dialog);
  whole.textContent = Object.values(left).join(" ");
  whole.hidden = !whole.textContent;
  if (first) inputsOf(first)[0]?.focus();
  else whole.scrollIntoView({ block: "nearest" });
}

function complain(field, sentence) {
  const place = find(".wrong", field);
  place.textContent = sentence;
  place.hidden = !sentence;
  for (const input of inputsOf(field)) {
    if (sentence) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}

function tooLong() {
  const found = {};
  for (const field of fieldsOf()) {
    const limit = Number(field.dataset.limit);
    for (const input of inputsOf(field)) {
      if (input.disabled || input.value.length <= limit) continue;
      const size = [...input.value].length;
      if (size <= limit) continue;
      found[field.dataset.field] =
        `That is ${size.toLocaleString("en")} characters, and ${limit.toLocaleString("en")} fit. ` +
        "It is all still here: make it shorter.";
    }
  }
  return found;
}

function busy(is) {
  const button = find("[type=submit]", dialog);
  if (is) button?.setAttribute("aria-busy", "true");
  else button?.removeAttribute("aria-busy");
}

function onInput(event) {
  const field = event.target.closest("[data-field]");
  if (!field) return;
  isDirty = true;
  complain(field, "");
  apply();
  count(field);
  if (!isDraftable()) return;
  kept.set(nameOf(), JSON.stringify(values()));
  clearTimeout(pausing);
  pausing = setTimeout(sendDraft, PAUSE);
}

function leave() {
  clearTimeout(pausing);
  if (isDirty && isDraftable()) sendDraft();
  isDirty = false;
  dialog.close();
}

// Drafts. What is typed goes to the server at every pause; what it has not got yet is kept here.

function values() {
  return [...new FormData(formOf())].filter(([name]) => name.startsWith("field."));
}

function draft() {
  const words = new URLSearchParams([...new FormData(formOf())]);
  words.set("final", "no");
  words.set("as", me);
  words.set("key", newKey());
  return words;
}

function sendDraft() {
  const name = nameOf();
  const typed = kept.get(name);
  const body = draft();
  const small = body.toString().length < 60_000;
  sending = fetch("/submit", {
    method: "POST",
    body,
    headers: { "HX-Request": "true" },
    keepalive: small,
  })
    .then((answer) => {
      if (answer.ok && kept.get(name) === typed) kept.set(name, "");
    })
    .catch(() => {})
    .finally(() => (sending = null));
}

function restore() {
  const typed = isDraftable() ? kept.get(nameOf()) : null;
  if (!typed) return;
  const given = new Map();
  for (const [name, value] of JSON.parse(typed)) {
    given.set(name, [...(given.get(name) ?? []), value]);
  }
  for (const input of fieldsOf().flatMap(inputsOf)) {
    const found = given.get(input.name);
    if (!found) continue;
    if (input.type === "checkbox") input.checked = found.includes(input.value);
    else input.value = found[0];
  }
  isDirty = true;
}

// Fields that matter only while another one holds a certain value.

function valuesOf(key) {
  const field = fieldsOf().find((one) => one.dataset.field === key);
  if (!field || field.hidden) return [];
  return inputsOf(field)
    .filter((input) => input.type !== "checkbox" || input.checked)
    .map((input) => input.value);
}

function apply() {
  for (const field of fieldsOf().filter((one) => one.dataset.when)) {
    const wanted = JSON.parse(field.dataset.whenValues);
    field.hidden = !valuesOf(field.dataset.when).some((value) => wanted.includes(value));
    for (const input of all("input, select, textarea", field)) input.disabled = field.hidden;
  }
}

// The gentle count, in characters as people see them, of the line one is on.

function count(field) {
  const goal = Number(field?.dataset.counted);
  if (!goal) return;
  const [input] = inputsOf(field);
  const at = input.selectionEnd ?? input.value.length;
  const start = input.value.lastIndexOf("\n", at - 1) + 1;
  const end = input.value.indexOf("\n", at);
  const line = input.value.slice(start, end < 0 ? undefined : end).trim();
  const size =
    letters && line.length < LONG_LINE ? [...letters.segment(line)].length : [...line].length;
  const place = find(".count", field);
  place.textContent = size > goal ? `${size} of ${goal}, and longer is fine` : `${size} of ${goal}`;
  place.classList.toggle("over", size > goal);
}
