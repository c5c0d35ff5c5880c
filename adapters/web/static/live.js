// News from the server: messages as they change, and what is unread.

import { all, channel, find, me } from "./page.js";
import { gone, isAtEnd, main, place, toEnd } from "./lists.js";
import { resend } from "./compose.js";

const AGAIN = 2000;
const HIDDEN_FOR = 10_000;
const LOOK = 15_000;

let source = null;
let after = document.body.dataset.change;
let hiding;
let looking;
const title = document.title;

export function start() {
  document.addEventListener("visibilitychange", onVisible);
  find("#scroll").addEventListener("scroll", onScroll, { passive: true });
  main.addEventListener("outloud:below", () => (find("[data-newer]").hidden = false));
  find("[data-newer]").addEventListener("click", () => toEnd(main));
  if (!document.hidden) connect();
  see();
}

function connect() {
  clearInterval(looking);
  if (source) return;
  source = new EventSource(`/changes?${new URLSearchParams({ as: me, channel, after })}`);
  source.addEventListener("hello", () => {
    offline(false);
    resend();
  });
  source.addEventListener("changes", (event) => {
    after = event.lastEventId;
    const news = JSON.parse(event.data);
    place(news.html);
    news.gone.forEach(gone);
    mark(news.unread);
    see();
  });
  source.addEventListener("error", () => {
    offline(true);
    if (source?.readyState === EventSource.CLOSED) {
      disconnect();
      setTimeout(() => !document.hidden && connect(), AGAIN);
    }
  });
}

function disconnect() {
  source?.close();
  source = null;
}

// A browser keeps six connections to one server, so a page that nobody sees gives its own back.
function onVisible() {
  clearTimeout(hiding);
  if (document.hidden) {
    hiding = setTimeout(() => {
      disconnect();
      clearInterval(looking);
      looking = setInterval(look, LOOK);
    }, HIDDEN_FOR);
  } else {
    connect();
    see();
  }
}

async function look() {
  try {
    const answer = await fetch(`/marks?${new URLSearchParams({ as: me })}`);
    if (answer.ok) mark(await answer.json());
  } catch {
    // The page says so itself once somebody looks at it again.
  }
}

let trouble = null;
function offline(is) {
  const place = find(".offline");
  if (!is) {
    clearTimeout(trouble);
    trouble = null;
    place.hidden = true;
    return;
  }
  trouble ??= setTimeout(() => {
    place.textContent = "Outloud cannot be reached just now. Looking for it again …";
    place.hidden = false;
  }, 1500);
}

function mark(unread) {
  const here = !document.hidden && isAtEnd(main);
  let total = 0;
  for (const link of all("[data-place]")) {
    const place = link.dataset.place;
    const count = place === channel && here ? 0 : (unread[place] ?? 0);
    total += count;
    link.classList.toggle("unread", count > 0);
    if (count) link.title = `${count} new`;
    else link.removeAttribute("title");
    const badge = find(".badge", link);
    badge.textContent = count;
    badge.hidden = !count;
  }
  const badge = find(".burger .badge");
  badge.textContent = total;
  badge.hidden = !total;
  document.title = total ? `(${total}) ${title}` : title;
}

let seen = "0";
let seeing;
function see() {
  clearTimeout(seeing);
  seeing = setTimeout(() => {
    const last = all(":scope > li[data-id]", main).at(-1)?.dataset.id;
    if (!last || last === seen || document.hidden || !isAtEnd(main)) return;
    seen = last;
    const said = new URLSearchParams({ as: me, channel, message: last });
    fetch("/see", { method: "POST", body: said, headers: { "HX-Request": "true" }, keepalive: true })
      .then(look)
      .catch(() => (seen = "0"));
  }, 250);
}

function onScroll() {
  if (!isAtEnd(main)) return;
  find("[data-newer]").hidden = true;
  see();
}
