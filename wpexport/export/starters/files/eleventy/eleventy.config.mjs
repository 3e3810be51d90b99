// A starter: change it as you like, wpexport will not write it again.
import { readFileSync } from "node:fs";
import { IdAttributePlugin } from "@11ty/eleventy";
import markdownIt from "markdown-it";

const site = JSON.parse(readFileSync(new URL("_data/site.json", import.meta.url), "utf8"));

// What Markdown cannot say is in the posts as HTML, cleaned.
const markdown = markdownIt({ html: true });

const at = (data, key) => key.split(".").reduce((value, part) => value?.[part], data);
const list = (value) => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

export default function (eleventyConfig) {
  eleventyConfig.setLibrary("md", markdown);
  // Links within and between texts lead to headings by these.
  eleventyConfig.addPlugin(IdAttributePlugin, { checkDuplicates: false });
  eleventyConfig.addPassthroughCopy("media");
  eleventyConfig.addGlobalData("layout", "post.njk");

  // Drafts are built by `eleventy --serve` only.
  eleventyConfig.addPreprocessor("drafts", "*", (data) => {
    if (data.draft && process.env.ELEVENTY_RUN_MODE === "build") return false;
  });

  const isText = (item) => item.data.layout === "post.njk";
  eleventyConfig.addCollection("texts", (api) => api.getAllSorted().filter(isText).reverse());
  eleventyConfig.addCollection("redirects", (api) => {
    const taken = new Set(api.getAll().map((item) => item.url));
    const found = [];
    for (const item of api.getAll()) {
      for (const from of list(item.data.redirect_from)) {
        if (!taken.has(from)) found.push({ from, to: item.url });
        taken.add(from);
      }
    }
    return found;
  });

  // The day on the blog's own calendar.
  const calendar = new Intl.DateTimeFormat("sv-SE", { timeZone: site.timezone, dateStyle: "short" });
  eleventyConfig.addFilter("day", (date) => calendar.format(date));
  eleventyConfig.addFilter("markdown", (text) => markdown.render(text ?? ""));
  eleventyConfig.addFilter("withTerm", (items, key, term) =>
    items.filter((item) => list(at(item.data, key)).includes(term)),
  );
  // The terms of a text under one key, each with its page.
  const pages = new WeakMap();
  eleventyConfig.addFilter("termsOf", function (all, key) {
    if (!pages.has(all)) {
      const name = (item) => JSON.stringify([item.data.term_key, item.data.term]);
      pages.set(all, new Map(all.filter((item) => item.data.term).map((item) => [name(item), item])));
    }
    return list(at(this.ctx, key)).map((name) => {
      const page = pages.get(all).get(JSON.stringify([key, name]));
      return { title: page?.data.title ?? name, url: page?.url };
    });
  });

  return { pathPrefix: site.path, markdownTemplateEngine: false, htmlTemplateEngine: "njk" };
}
