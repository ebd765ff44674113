// What the service adds to pages that are complete without it. Each part finds its elements or does nothing.

const service = document.querySelector("script[data-service]").dataset.service;
const find = (selector) => document.querySelector(selector);

async function ask(address, method = "GET", headers = {}) {
  const answer = await fetch(address, { method, headers });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

// The notice after a form, if whoever serves the pages hasn't put it in.
const notice = /(?:^|; )notice=(ok|error)%20([^;]+)/.exec(document.cookie);
if (notice) {
  const told = document.createElement("p");
  told.className = `notice ${notice[1]}`;
  told.setAttribute("role", "alert");
  told.textContent = decodeURIComponent(notice[2]);
  find("main").prepend(told);
  document.cookie = "notice=; Path=/; Max-Age=0; SameSite=Lax";
}

// The code from a letter stands behind the #, which no server is told; where to go on, behind the ?.
const given = { next: location.search, token: location.hash };
for (const [name, part] of Object.entries(given)) {
  const field = find(`input[name=${name}]`);
  const value = new URLSearchParams(part.slice(1)).get(name);
  if (field && value) field.value = value;
}

// Likes as they are now, and one button instead of two for those who are signed in.
const form = find("form[data-page]");
if (form) {
  const [like, undo] = form.elements;
  let liked = null;
  let isPlain = false;

  const show = (page) => {
    liked = page.liked;
    const noun = page.likes === 1 ? "like" : "likes";
    find("[data-count=like]").textContent = `${page.likes.toLocaleString("en")} ${noun}`;
    if (liked === null) return;
    undo.hidden = true;
    like.setAttribute("aria-pressed", liked);
    find(".account").textContent = "Account";
    find(".account").href = find(".account").href.replace(/login\/$/, "account/");
  };

  form.addEventListener("submit", async (event) => {
    if (isPlain || liked === null) return;
    event.preventDefault();
    try {
      const { token } = await ask(`${service}/auth/csrf`);
      show(await ask(form.action, liked ? "DELETE" : "PUT", { "X-CSRF-Token": token }));
    } catch {
      isPlain = true;
      form.requestSubmit(liked ? undo : like);
    }
  });

  ask(`${service}/pages/${encodeURIComponent(form.dataset.page)}`).then(show, () => {});
}
