/**
 * The Eleventy site: lists and feeds are made by paginating over collections that hold one entry a page.
 */

import { readFileSync } from "node:fs";
import highlight from "@11ty/eleventy-plugin-syntaxhighlight";
import anchor from "markdown-it-anchor";

// Not global data: Eleventy would copy it for every page.
const LIKES = JSON.parse(readFileSync("likes.json", "utf-8"));
const PAGE_SIZE = 10;
const FEED_SIZE = 20;
const FEEDS = { "feed.xml": "rss", "atom.xml": "atom", "feed.json": "json" };
const KINDS = {
  categories: (post) => [post.data.category],
  tags: (post) => post.data.tags,
  users: (post) => [post.data.author],
  series: (post) => (post.data.series ? [post.data.series] : []),
  archive: (post) => [post.date.toISOString().slice(0, 4), post.date.toISOString().slice(0, 7)],
};

const slugify = (name) => name.toLowerCase().replaceAll(" ", "-");
const termUrl = (kind, name) =>
  `/${kind}/${kind === "archive" ? name.replace("-", "/") : slugify(name)}/`;

/** Newest first; each post knows its neighbours. */
function posts(api) {
  const found = api.getFilteredByGlob("content/posts/*.md").reverse();
  found.forEach((post, index) => {
    post.data.newer = found[index - 1];
    post.data.older = found[index + 1];
  });
  return found;
}

/** Every category, tag, author, series, year and month with its posts. */
function terms(api) {
  const groups = new Map();
  for (const post of api.getFilteredByGlob("content/posts/*.md").reverse()) {
    for (const [kind, namesOf] of Object.entries(KINDS)) {
      for (const name of namesOf(post)) {
        const url = termUrl(kind, name);
        if (!groups.has(url)) groups.set(url, { kind, name, url, posts: [] });
        groups.get(url).posts.push(post);
      }
    }
  }
  return [...groups.values()];
}

/** The pages of one list: ten posts each, `page/N/` below the first. */
function pagesOf({ url, name, posts }) {
  const total = Math.ceil(posts.length / PAGE_SIZE);
  const address = (number) => (number === 1 ? url : `${url}page/${number}/`);
  return Array.from({ length: total }, (_, index) => ({
    url: address(index + 1),
    name,
    number: index + 1,
    total,
    newer: index > 0 ? address(index) : null,
    older: index + 1 < total ? address(index + 2) : null,
    posts: posts.slice(index * PAGE_SIZE, (index + 1) * PAGE_SIZE),
  }));
}

function allPosts(api) {
  return { kind: "posts", name: "Posts", url: "/posts/", posts: posts(api) };
}

function lists(api) {
  return [allPosts(api), ...terms(api)].flatMap(pagesOf);
}

function feeds(api) {
  const sources = [{ ...allPosts(api), url: "/" }, ...terms(api)];
  return sources
    .filter(({ kind }) => kind !== "archive")
    .flatMap(({ name, url, posts }) =>
      Object.entries(FEEDS).map(([file, format]) => ({
        url,
        name,
        format,
        file: `${url}${file}`,
        posts: posts.slice(0, FEED_SIZE),
      })),
    );
}

function indexes(api) {
  const all = terms(api);
  return Object.keys(KINDS).map((kind) => ({
    kind,
    terms: all.filter((term) => term.kind === kind),
  }));
}

/** Collect the headings of a page while Markdown is turned into HTML. */
function headings(library) {
  const collect = (token, { slug, title }) => headings.found.push({ tag: token.tag, slug, title });
  library.use(anchor, { level: [2, 3], callback: collect });
  const render = library.render.bind(library);
  library.render = (source, env) => {
    headings.found = [];
    const html = render(source, env);
    const items = headings.found.map(
      ({ tag, slug, title }) => `<li class="${tag}"><a href="#${slug}">${title}</a></li>`,
    );
    return items.length ? `<aside><ul>${items.join("")}</ul></aside>\n${html}` : html;
  };
}

const excerpts = new Map();

/** The summary of a post: its own, or the first words of its text. */
function summary(post) {
  if (post.data.summary) return post.data.summary;
  if (!excerpts.has(post.url)) {
    const text = post.content.replace(/<aside>.*?<\/aside>|<[^>]+>/g, "");
    excerpts.set(post.url, text.split(/\s+/, 70).join(" "));
  }
  return excerpts.get(post.url);
}

/** What search engines read in the head of a post. */
function linkedData([headline, description, date, url, keywords, author]) {
  return JSON.stringify({
    "@context": "https://schema.org",
    "@type": "BlogPosting",
    headline,
    description,
    datePublished: date.toISOString(),
    mainEntityOfPage: url,
    keywords,
    author: { "@type": "Person", name: author },
  });
}

/** One JSON feed as text. */
function jsonFeed({ name, url, file, posts }, site) {
  return JSON.stringify({
    version: "https://jsonfeed.org/version/1.1",
    title: name,
    home_page_url: site + url,
    feed_url: site + file,
    items: posts.map((post) => ({
      id: site + post.url,
      url: site + post.url,
      title: post.data.title,
      summary: summary(post),
      content_html: post.content,
      date_published: post.date.toISOString(),
      tags: post.data.tags,
      authors: [{ name: post.data.author }],
    })),
  });
}

export default function (config) {
  config.addPlugin(highlight);
  config.amendLibrary("md", headings);
  config.addPassthroughCopy({ static: "/" });
  for (const collection of [posts, lists, feeds, indexes]) {
    config.addCollection(collection.name === "posts" ? "sorted" : collection.name, collection);
  }
  config.addFilter("summary", summary);
  config.addFilter("likes", (slug) => LIKES[slug]);
  config.addFilter("jsonFeed", jsonFeed);
  config.addFilter("term", (name, kind) => termUrl(kind, name));
  config.addFilter("iso", (date) => date.toISOString());
  config.addFilter("rfc822", (date) => date.toUTCString());
  config.addFilter("day", (date) => date.toISOString().slice(0, 10));
  config.addFilter("linkedData", linkedData);
  config.addGlobalData("siteTitle", "Notes from the workbench");
  config.addGlobalData("site", "https://example.org");
  return {
    dir: { input: ".", includes: "_includes", output: "public" },
    markdownTemplateEngine: false,
    htmlTemplateEngine: "njk",
  };
}
