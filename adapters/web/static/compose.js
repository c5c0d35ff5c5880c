// Writing: the box keeps every word until the server has it, and completes slash commands.

import { BROKEN, UNREACHABLE, all, find, kept, me } from "./page.js";

const LONGEST = 20_000;
const AGAIN = 4000;
const touch = matchMedia("(pointer: coarse)");

const boxOf = (form) => find("textarea", form);
const nameOf = (form) => `box ${form.elements.channel.value} ${form.elements.thread.value}`;
const lastOf = (form) => `last ${nameOf(form)}`;

export function prepare(form) {
  const box = boxOf(form);
  const words = kept.get(nameOf(form));
  if (words && !box.value) box.value = words;
  box.addEventListener("input", () => {
    form.waiting = null;
    trouble(form, "");
    kept.set(nameOf(form), box.value);
    suggest(form);
  });
  box.addEventListener("keydown", (event) => onKey(event, form));
  box.addEventListener("blur", () => close(form));
  form.addEventListener("htmx:beforeRequest", (event) => {
    const typed = box.value;
    if (!typed.trim()) event.preventDefault();
    else if ([...typed].length > LONGEST) {
      event.preventDefault();
      trouble(
        form,
        `That is ${[...typed].length.toLocaleString("en")} characters, and a message holds ` +
          `${LONGEST.toLocaleString("en")}. It is all still here: shorten it, or send it in parts.`,
      );
    } else {
      form.sending = typed;
      close(form);
    }
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    const { successful, xhr } = event.detail;
    if (successful) sent(form);
    else if (xhr.status === 500) trouble(form, `${BROKEN} Press the button to try again.`);
    else if (xhr.status && xhr.status < 500) trouble(form, xhr.responseText);
    else wait(form);
  });
}

function sent(form) {
  const box = boxOf(form);
  // What was typed while the message was on its way stays.
  if (box.value.startsWith(form.sending)) box.value = box.value.slice(form.sending.length);
  kept.set(lastOf(form), form.sending);
  kept.set(nameOf(form), box.value);
  form.waiting = null;
  trouble(form, "");
}

function wait(form) {
  form.waiting = form.sending;
  clearTimeout(form.trying);
  form.trying = setTimeout(resend, AGAIN);
  trouble(form, `${UNREACHABLE} It goes out by itself as soon as Outloud is back.`);
}

export function resend() {
  for (const form of all("[data-composer]")) {
    if (form.waiting && boxOf(form).value === form.waiting) form.requestSubmit();
  }
}

export function putBack(words) {
  const box = boxOf(find("#say [data-composer]"));
  box.value = box.value ? `${box.value}\n${words}` : words;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

function trouble(form, sentence) {
  const place = find(".trouble", form);
  place.textContent = sentence;
  place.hidden = !sentence;
}

function onKey(event, form) {
  const box = boxOf(form);
  if (event.isComposing) return;
  if (!listOf(form).hidden && onListKey(event, form)) {
    event.preventDefault();
    return;
  }
  if (event.key === "Enter" && !event.shiftKey && !touch.matches) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "ArrowUp" && !box.value) {
    const last = kept.get(lastOf(form));
    if (!last) return;
    event.preventDefault();
    box.value = last;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// The list of suggestions.

const listOf = (form) => find("[role=listbox]", form);
const same = (one, other) => one?.trim().toLowerCase() === other.trim().toLowerCase();
const chosenOf = (form) => find("[aria-selected=true]", listOf(form));

function onListKey(event, form) {
  const options = all("[role=option]", listOf(form));
  const at = options.indexOf(chosenOf(form));
  switch (event.key) {
    case "ArrowDown":
    case "ArrowUp": {
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(form, options[(at + step + options.length + (at < 0 && step < 0)) % options.length]);
      form.picked = true;
      return true;
    }
    case "Tab":
      if (event.shiftKey) return false;
      accept(form, chosenOf(form) ?? options[0]);
      return true;
    case "Enter": {
      // Words after a command's name may be anybody's own, so they are completed only when chosen.
      const chosen = chosenOf(form);
      const isDone = same(chosen?.dataset.text, boxOf(form).value);
      if (event.shiftKey || !chosen || isDone || !(form.picked || form.eager)) return false;
      accept(form, chosen);
      return true;
    }
    case "Escape":
      close(form);
      return true;
    default:
      return false;
  }
}

function accept(form, option) {
  const box = boxOf(form);
  box.value = option.dataset.text;
  box.setSelectionRange(box.value.length, box.value.length);
  close(form);
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function choose(form, option) {
  for (const one of all("[role=option]", listOf(form))) {
    one.setAttribute("aria-selected", one === option ? "true" : "false");
  }
  boxOf(form).setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function close(form) {
  clearTimeout(form.asking);
  form.asked = null;
  listOf(form).hidden = true;
  boxOf(form).removeAttribute("aria-activedescendant");
}

function suggest(form) {
  const box = boxOf(form);
  const typed = box.value;
  clearTimeout(form.asking);
  const mention = typed.match(/(?:^|\s)@([\p{L}\p{N}]*)$/u);
  if (mention && box.selectionEnd === typed.length) {
    form.asked = typed;
    show(form, people(typed, mention[1]), true);
    return;
  }
  if (!typed.startsWith("/") || typed.includes("\n") || typed.length > 200) {
    close(form);
    return;
  }
  form.asking = setTimeout(async () => {
    form.asked = typed;
    const asked = { as: me, channel: form.elements.channel.value, typed };
    asked.thread = form.elements.thread.value;
    try {
      const answer = await fetch(`/complete?${new URLSearchParams(asked)}`);
      const offered = answer.ok ? await answer.json() : [];
      if (form.asked === typed && box.value === typed) show(form, offered, !typed.includes(" "));
    } catch {
      close(form);
    }
  }, 50);
}

function people(typed, start) {
  return all("#acting option")
    .map((option) => option.textContent)
    .filter((name) => name.toLowerCase().startsWith(start.toLowerCase()))
    .map((name) => ({ text: `${typed.slice(0, -start.length - 1)}@${name} `, shown: `@${name}`, note: "" }));
}

function show(form, offered, eager) {
  const list = listOf(form);
  const items = offered.map((one, number) => {
    const item = document.createElement("li");
    item.role = "option";
    item.id = `${list.id}-${number}`;
    item.dataset.text = one.text;
    const words = document.createElement("b");
    words.textContent = one.shown;
    item.append(words);
    if (one.note) {
      const note = document.createElement("span");
      note.textContent = one.note;
      item.append(" ", note);
    }
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      accept(form, item);
    });
    return item;
  });
  const isDone = offered.length === 1 && !eager && same(offered[0].text, boxOf(form).value);
  list.replaceChildren(...items);
  list.hidden = !items.length || isDone;
  form.picked = false;
  form.eager = eager;
  if (list.hidden) return;
  if (eager) choose(form, items[0]);
  else {
    for (const item of items) item.setAttribute("aria-selected", "false");
    boxOf(form).removeAttribute("aria-activedescendant");
  }
}
