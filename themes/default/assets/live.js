// What the service adds to pages that are complete without it: each part finds its elements or does nothing.

const { service } = document.querySelector("script[data-service]").dataset;
const find = (selector) => document.querySelector(selector);

async function ask(address, method, headers) {
  const answer = await fetch(address, { method, headers });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

// The notice after a form, unless whoever serves the pages has put it in.
const notice = /(?:^|; )notice=(ok|error)%20([^;]+)/.exec(document.cookie);
if (notice) {
  const told = document.createElement("p");
  told.className = `notice ${notice[1]}`;
  told.setAttribute("role", "alert");
  told.textContent = decodeURIComponent(notice[2]);
  find("main").prepend(told);
  document.cookie = "notice=; Path=/; Max-Age=0";
}

// Where to go on stands behind the ?, a letter's code behind the #, which no server is told.
for (const [name, part] of [["next", location.search], ["token", location.hash]]) {
  const field = find(`input[name=${name}]`);
  const value = new URLSearchParams(part.slice(1)).get(name);
  if (field && value) field.value = value;
}

// Likes as they are now; for those who are signed in, one button instead of two.
const form = find("form[data-page]");
if (form) {
  const [like, undo] = form.elements;
  let liked = null;

  const count = find("[data-count]");
  const { lang } = document.documentElement;
  const forms = Object.fromEntries(count.dataset.forms.split("|").map((form) => form.split(":")));

  const show = (page) => {
    liked = page.liked;
    const text = forms[new Intl.PluralRules(lang).select(page.likes)] ?? forms.other;
    count.textContent = text.replace("%(n)s", page.likes.toLocaleString(lang, { numberingSystem: "latn" }));
    if (liked === null) return;
    undo.hidden = true;
    like.setAttribute("aria-pressed", liked);
  };

  form.addEventListener("submit", async (event) => {
    if (liked === null || event.submitter === undo) return;
    event.preventDefault();
    try {
      const { token } = await ask(`${service}/auth/csrf`);
      show(await ask(form.action, liked ? "DELETE" : "PUT", { "X-CSRF-Token": token }));
    } catch {
      if (liked) form.requestSubmit(undo);
      else form.submit();
    }
  });

  ask(`${service}/pages/${encodeURIComponent(form.dataset.page)}`).then(show, () => {});
}
