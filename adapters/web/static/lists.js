// The lists of messages: putting each where it belongs, once, whatever order news arrives in.

import { all, find, parse } from "./page.js";

const TOGETHER = 5 * 60 * 1000;
const before = (one, other) =>
  one.length === other.length ? one < other : one.length < other.length;
const messagesOf = (list) => all(":scope > li[data-id]", list);

export const main = find("#messages");
export const replies = () => find("#replies");
const lists = () => [main, replies()].filter(Boolean);
const scrollerOf = (list) => list.closest(".scroll");

export function isAtEnd(list) {
  const box = scrollerOf(list);
  return box.scrollHeight - box.scrollTop - box.clientHeight < 90;
}

export function toEnd(list) {
  const box = scrollerOf(list);
  box.scrollTop = box.scrollHeight;
}

// Day lines and quiet bylines follow from what stands next to what; a card always has its own.
export function settle(list) {
  let last = null;
  for (const item of messagesOf(list)) {
    const data = item.dataset;
    const newDay = !last || last.day !== data.day;
    const soon = last && new Date(data.moment) - new Date(last.moment) < TOGETHER;
    const isRoot = last && last.id === list.dataset.thread;
    item.classList.toggle("new-day", newDay);
    item.classList.toggle(
      "follows",
      !newDay && soon && !isRoot && last.by === data.by && !item.classList.contains("bot"),
    );
    last = data;
  }
  if (list === main) document.body.classList.toggle("is-empty", !list.querySelector("li.message"));
}

function put(list, item, mayAppend) {
  const { id } = item.dataset;
  const items = messagesOf(list);
  const there = items.find((one) => one.dataset.id === id);
  if (there) {
    if (Number(there.dataset.changed) > Number(item.dataset.changed)) return;
    replace(there, item);
  } else {
    if (!mayAppend) return;
    const next = items.find((one) => before(id, one.dataset.id));
    // What is older than everything loaded comes with its own page.
    if (next && next === items[0] && find(".earlier", list)) return;
    const stays = isAtEnd(list) || "mine" in item.dataset;
    if (next) next.before(item);
    else list.append(item);
    window.htmx.process(item);
    if (stays) toEnd(list);
    else list.dispatchEvent(new CustomEvent("outloud:below", { bubbles: true }));
  }
  settle(list);
}

function replace(there, item) {
  // An open menu, and whoever is on a button, stay where they are.
  if (find("[popover]", there)) {
    there.later = item;
    return;
  }
  const focus = there.contains(document.activeElement)
    ? document.activeElement.closest("[data-focus]")?.dataset.focus
    : null;
  const end = isAtEnd(there.parentElement);
  const list = there.parentElement;
  there.replaceWith(item);
  window.htmx.process(item);
  if (end) toEnd(list);
  if (focus) find(`[data-focus="${CSS.escape(focus)}"]`, item)?.focus({ preventScroll: true });
}

export function closedMenu(item) {
  if (item.later) {
    const list = item.parentElement;
    replace(item, item.later);
    settle(list);
  }
}

export function place(html) {
  for (const item of parse(html)) {
    const { thread, channel, id } = item.dataset;
    if (channel !== main.dataset.channel) continue;
    const panel = replies();
    if (panel && (panel.dataset.thread === thread || panel.dataset.thread === id)) {
      put(panel, item.cloneNode(true), panel.dataset.thread === thread);
    }
    if (thread === "0") put(main, item, true);
  }
}

export function gone(id) {
  for (const list of lists()) {
    messagesOf(list).find((one) => one.dataset.id === id)?.remove();
    settle(list);
  }
}

// A card that only this page shows stands at the end of the list it was asked for in.
export function showOnly(html) {
  const [item] = parse(html);
  const there = document.getElementById(item.id);
  if (there) {
    replace(there, item);
    return;
  }
  const panel = replies();
  const list = panel?.dataset.thread === item.dataset.thread ? panel : main;
  list.append(item);
  window.htmx.process(item);
  settle(list);
  toEnd(list);
}
