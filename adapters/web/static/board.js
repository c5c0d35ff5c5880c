// One word on an open page, once it is not as it stands any more.

const page = document.querySelector("main[data-at]");
const news = document.querySelector(".news");
let source = null;

function listen() {
  if (source || document.hidden || !news.hidden) return;
  const asked = new URLSearchParams({ at: page.dataset.at, seen: page.dataset.seen });
  source = new EventSource(`/board/changes?${asked}`);
  source.addEventListener("news", () => {
    news.hidden = false;
    rest();
  });
}

function rest() {
  source?.close();
  source = null;
}

// A page that nobody sees gives its connection back.
document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
addEventListener("pagehide", rest);
listen();
