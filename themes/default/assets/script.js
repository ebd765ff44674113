// What pages can do beyond being read. Each part finds its elements or does nothing.

const root = document.documentElement;
const all = (selector) => [...document.querySelectorAll(selector)];
const words = document.querySelector("script[data-copied]").dataset;

// Light or dark. A choice that is the system's own is no choice, and isn't kept.
const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.mode ? root.dataset.mode === "dark" : system.matches);

function choose(mode) {
  if (mode === (system.matches ? "dark" : "light")) delete root.dataset.mode;
  else root.dataset.mode = mode;
  try {
    if (root.dataset.mode) localStorage.setItem("mode", mode);
    else localStorage.removeItem("mode");
  } catch {
    // It holds for this page then.
  }
}

for (const button of all(".mode")) {
  const tell = () => button.setAttribute("aria-pressed", isDark());
  tell();
  system.addEventListener("change", tell);
  button.addEventListener("click", () => {
    choose(isDark() ? "light" : "dark");
    tell();
  });
}

// Copying, told in the button and to those who listen.
const status = document.createElement("p");
status.className = "hidden";
status.setAttribute("role", "status");
document.body.append(status);

function copies(button, text) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    let told = words.copied;
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      told = words.denied;
    }
    status.textContent = button.textContent = told;
    setTimeout(() => {
      button.textContent = label;
      status.textContent = "";
    }, 2000);
  });
}

for (const button of all("[data-copy]")) copies(button, () => button.dataset.copy);

for (const block of all(".highlight")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = words.copy;
  copies(button, () => block.querySelector("code").textContent);
  block.append(button);
}

// What scrolls sideways can be reached by keyboard.
for (const part of all("pre, .content table, math[display=block]")) {
  if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
}

// The table of contents is open beside the text, and shows where the reader is.
const contents = document.querySelector(".toc details");
if (contents) {
  const wide = matchMedia("(min-width: 62rem)");
  const unfold = () => {
    contents.open = wide.matches;
    contents.firstElementChild.tabIndex = wide.matches ? -1 : 0;
  };
  unfold();
  wide.addEventListener("change", unfold);
  follow(all(".toc a"));
}

function follow(links) {
  const places = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  let shown;
  const update = () => {
    let at = -1;
    while (at + 1 < places.length && places[at + 1]?.getBoundingClientRect().top < innerHeight / 3) at += 1;
    if (links[at] === shown) return;
    shown?.removeAttribute("aria-current");
    shown = links[at];
    shown?.setAttribute("aria-current", "true");
    const list = contents.parentElement;
    if (shown && list.scrollHeight > list.clientHeight) {
      list.scrollTop = shown.offsetTop - list.clientHeight / 2;
    }
  };
  let waits = false;
  addEventListener("scroll", () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      update();
    });
  }, { passive: true });
  update();
}
