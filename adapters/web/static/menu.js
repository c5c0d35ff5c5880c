// The menu *More* of a message, and the emoji to react with.

import { act, all, find, me, notice } from "./page.js";
import { closedMenu } from "./lists.js";
import { openThread } from "./thread.js";
import { open as openForm } from "./forms.js";

let opened = null;

export function start() {
  document.addEventListener("click", (event) => {
    const more = event.target.closest(".more");
    if (more) toggle(more);
    else if (opened && !event.target.closest("[popover]")) close(false);
  });
  document.addEventListener("scroll", follow, { capture: true, passive: true });
  addEventListener("resize", follow);
}

function toggle(more) {
  if (opened?.more === more) {
    close(true);
    return;
  }
  close(false);
  const item = more.closest("li");
  const menu = find("#menu").content.firstElementChild.cloneNode(true);
  if (!("mayEdit" in item.dataset)) find("[data-do=edit]", menu).remove();
  if (!("mayRemove" in item.dataset)) find("[data-do=remove]", menu).remove();
  show(more, menu);
  more.setAttribute("aria-expanded", "true");
  menu.addEventListener("click", (event) => choose(event.target.closest("[data-do]"), item, more));
  menu.addEventListener("keydown", onKey);
  find("[role=menuitem]", menu).focus();
}

function show(more, panel) {
  more.after(panel);
  opened = { more, panel };
  panel.showPopover();
  follow();
}

// What arrives below may move the message: its menu goes along, until the button is out of sight.
function follow() {
  if (!opened) return;
  const { more, panel } = opened;
  const at = more.getBoundingClientRect();
  const seen = more.closest(".scroll").getBoundingClientRect();
  if (at.bottom < Math.max(0, seen.top) || at.top > Math.min(innerHeight, seen.bottom)) {
    close(false);
    return;
  }
  const { width, height } = panel.getBoundingClientRect();
  const top = at.bottom + height + 8 > innerHeight ? at.top - height - 4 : at.bottom + 4;
  panel.style.top = `${Math.max(4, top)}px`;
  panel.style.left = `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`;
}

function close(refocus) {
  if (!opened) return;
  const { more, panel } = opened;
  opened = null;
  const item = more.closest("li");
  panel.remove();
  more.setAttribute("aria-expanded", "false");
  if (refocus) more.focus({ preventScroll: true });
  closedMenu(item);
}

function onKey(event) {
  const items = all("[role=menuitem]", event.currentTarget);
  const at = items.indexOf(document.activeElement);
  const to = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items[to].focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    close(true);
  }
}

function choose(button, item, more) {
  if (!button) return;
  const { action, do: what } = button.dataset;
  close(what !== "react");
  if (what === "react") pick(more, item);
  else if (what === "reply") openThread(item);
  else if (what === "edit") edit(item);
  else if (what === "remove") act("/remove", {}, item);
  else act("/press", { action, shortcut: "yes" }, item);
}

async function edit(item) {
  try {
    const answer = await fetch(`/edit/${item.dataset.id}?${new URLSearchParams({ as: me })}`);
    const text = await answer.text();
    if (answer.ok) openForm(text);
    else notice(text);
  } catch {
    notice("Outloud cannot be reached just now.");
  }
}

function pick(more, item) {
  const picker = find("#picker").content.firstElementChild.cloneNode(true);
  show(more, picker);
  const react = (emoji) => {
    close(true);
    if (emoji.trim()) act("/react", { emoji, on: "yes" }, item);
  };
  picker.addEventListener("click", (event) => {
    const button = event.target.closest("[data-emoji]");
    if (button) react(button.dataset.emoji);
  });
  find("form", picker).addEventListener("submit", (event) => {
    event.preventDefault();
    react(find("input", picker).value);
  });
  picker.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(true);
  });
  find("button", picker).focus();
}
