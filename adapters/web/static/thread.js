// The panel in which a thread opens beside the messages.

import { all, find, me } from "./page.js";
import { main, replies, settle, toEnd } from "./lists.js";
import { prepare } from "./compose.js";

const panel = find("#thread");

export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-open-thread]");
    if (button) openThread(button.closest("li"));
    if (event.target.closest("[data-close-thread]")) closeThread();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) closeThread();
  });
  if (replies()) ready();
}

export async function openThread(item) {
  const { id, thread } = item.dataset;
  const root = thread === "0" ? id : thread;
  if (replies()?.dataset.thread !== root) {
    await window.htmx.ajax("GET", `/thread/${root}?${new URLSearchParams({ as: me })}`, {
      target: "#thread",
      swap: "innerHTML",
    });
    if (replies()?.dataset.thread !== root) return;
    ready();
  }
  panel.hidden = false;
  history.replaceState(null, "", `?thread=${root}`);
  find("textarea", panel).focus();
}

function ready() {
  settle(replies());
  prepare(find("[data-composer]", panel));
  toEnd(replies());
}

function closeThread() {
  const root = replies()?.dataset.thread;
  panel.hidden = true;
  panel.replaceChildren();
  history.replaceState(null, "", location.pathname);
  const item = all(":scope > li", main).find((one) => one.dataset.id === root);
  (find(".replies", item ?? main) ?? find("textarea", find("#say"))).focus();
}
