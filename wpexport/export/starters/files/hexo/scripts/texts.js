// A starter: change it as you like, wpexport will not write it again.
"use strict";

/* global hexo */

const list = (value) => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]);

// Hexo makes records of a post's categories and tags; a page has them as they were written.
const named = (page, key) => {
  const value = key.split(".").reduce((one, part) => one?.[part], page);
  return value && typeof value.toArray === "function" ? value.toArray().map((one) => one.name) : list(value).flat();
};

const everything = (site) => [...site.posts.toArray(), ...site.pages.toArray()];

hexo.extend.helper.register("texts", function () {
  const texts = everything(this.site).filter((one) => !["list", "term"].includes(one.layout));
  return texts.sort((one, other) => other.date - one.date);
});

hexo.extend.helper.register("texts_with", function (key, term) {
  return this.texts().filter((one) => named(one, key).includes(term));
});

// The terms of a text under one key, each with its page.
hexo.extend.helper.register("terms_of", function (page, key) {
  const pages = new Map(this.site.pages.filter((one) => one.term_key === key).map((one) => [one.term, one]));
  return named(page, key).map((name) => ({ title: pages.get(name)?.title ?? name, path: pages.get(name)?.path }));
});

hexo.extend.helper.register("threads_of", function (page) {
  return this.site.data[`comments/${page.comments_key}`] ?? {};
});
