// The page: every act carries a key of its own, and every answer finds its place.

import { all, find, me, newKey, notice, parse } from "./page.js";
import { main, place, settle, showOnly, toEnd } from "./lists.js";
import * as compose from "./compose.js";
import * as forms from "./forms.js";
import * as live from "./live.js";
import * as menu from "./menu.js";
import * as thread from "./thread.js";

const keys = new WeakMap();
const touch = matchMedia("(pointer: coarse)");

document.body.addEventListener("htmx:configRequest", (event) => {
  const { parameters, verb, path, elt } = event.detail;
  parameters.as = me;
  if (verb !== "post") return;
  // The same act sent again, because no answer came, carries the same key.
  const words = `${path} ${JSON.stringify([...event.detail.formData])}`;
  const known = keys.get(elt);
  const key = known?.words === words ? known.key : newKey();
  keys.set(elt, { words, key });
  parameters.key = key;
  // A double click is one click.
  if (event.detail.triggeringEvent?.detail > 1) event.preventDefault();
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  const kind = xhr.getResponseHeader("Outloud-Reply");
  if (!kind) return;
  event.detail.shouldSwap = false;
  const from = requestConfig.elt;
  const inForm = Boolean(from.closest("#form"));
  keys.delete(from);
  if (kind === "form") forms.open(xhr.responseText);
  else if (kind === "wrong") forms.wrong(sentences(xhr.responseText));
  else {
    if (inForm) {
      forms.done();
      toBox();
    }
    if (kind === "message") place(xhr.responseText);
    if (kind === "only") showOnly(xhr.responseText);
    if (kind === "removed") {
      const words = xhr.responseText;
      toBox();
      if (words) notice("Deleted.", "Put it back in the box", () => compose.putBack(words));
      else notice("Deleted.");
    }
  }
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  const { successful, xhr, elt } = event.detail;
  if (successful || elt.closest("#form") || elt.closest("[data-composer]")) return;
  if (!xhr.status) notice("Outloud cannot be reached just now. Try again in a moment.");
  else if (xhr.status < 500) notice(xhr.responseText);
  else notice("Something went wrong on Outloud's side. Try again in a moment.");
});

// Whoever was on something that is gone now goes on writing.
function toBox() {
  if (touch.matches || document.activeElement !== document.body) return;
  find("#say textarea").focus({ preventScroll: true });
}

function sentences(html) {
  return Object.fromEntries(parse(html).map((one) => [one.dataset.field, one.textContent]));
}

document.addEventListener("click", (event) => {
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) {
    dismiss.closest("li").remove();
    settle(main);
    find("#say textarea").focus();
  }
  const side = event.target.closest("[data-side]");
  const isOpen = document.body.classList.contains("side-open");
  if (side || (isOpen && !event.target.closest("#side"))) showSide(Boolean(side) && !isOpen);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("side-open")) showSide(false);
});

function showSide(is) {
  document.body.classList.toggle("side-open", is);
  find("[data-side]").setAttribute("aria-expanded", String(is));
  find(is ? "#side a[aria-current]" : "[data-side]")?.focus();
}

find("[data-go]").addEventListener("change", (event) => event.target.form.submit());

// Older messages come in above without moving what is being read.
let anchor = null;
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.target.classList.contains("earlier")) return;
  const item = find("li[data-id]", main);
  main.ariaLive = "off";
  anchor = { item, top: item.getBoundingClientRect().top };
});
document.body.addEventListener("htmx:afterSwap", () => {
  if (!anchor) return;
  settle(main);
  find("#scroll").scrollTop += anchor.item.getBoundingClientRect().top - anchor.top;
  anchor = null;
  setTimeout(() => (main.ariaLive = "polite"), 500);
});
document.addEventListener("load", (event) => {
  // A picture that arrives late must not push the newest message out of sight.
  if (event.target.tagName === "IMG" && event.target.closest("#messages > li:last-child")) toEnd(main);
}, true);

all("[data-composer]").forEach(compose.prepare);
settle(main);
toEnd(main);
forms.start();
menu.start();
thread.start();
live.start();
toBox();
