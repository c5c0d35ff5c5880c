// What every part of the page needs: who acts, where, and how to talk to the server.

export const me = document.body.dataset.as;
export const channel = document.body.dataset.channel;
export const UNREACHABLE =
  "Outloud cannot be reached just now. Everything you typed is still here.";

export const BROKEN =
  "Something went wrong on Outloud's side. Everything you typed is still here.";

export const find = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Sends an act for an element; its message and place come from the list item it stands in.
export function act(path, values, source) {
  return window.htmx.ajax("POST", path, { source, values, target: "body", swap: "none" });
}

export function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return [...holder.content.children];
}

// Words that were typed but that the server does not have yet, kept in this browser.
export const kept = {
  get(name) {
    try {
      return localStorage.getItem(`outloud ${me} ${name}`);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      if (value) localStorage.setItem(`outloud ${me} ${name}`, value);
      else localStorage.removeItem(`outloud ${me} ${name}`);
    } catch {
      // A browser that keeps nothing still shows what is in the box.
    }
  },
};

let fading;
export function notice(sentence, label, undo) {
  const place = find("#notice");
  place.textContent = sentence;
  if (label) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => {
      place.hidden = true;
      undo();
    });
    place.append(" ", button);
  }
  place.hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => (place.hidden = true), 8000);
}
