// What the pages need: addresses, days, terms, and the comments as threads.
import { createMarkdownProcessor } from "@astrojs/markdown-remark";
import site from "./site.json";

const BASE = import.meta.env.BASE_URL.replace(/\/$/, "");
export const to = (address: string) => BASE + address;

const calendar = new Intl.DateTimeFormat("sv-SE", { timeZone: site.timezone, dateStyle: "short" });
export const day = (date?: Date) => (date ? calendar.format(date) : "");

const at = (data: any, key: string) => key.split(".").reduce((value, part) => value?.[part], data);
export const named = (data: any, key: string): string[] => [at(data, key) ?? []].flat();

export const newestFirst = (texts: any[]) =>
  [...texts].sort((one, other) => (other.data.pubDate?.getTime() ?? 0) - (one.data.pubDate?.getTime() ?? 0));

const files: Record<string, any> = import.meta.glob("./comments/*.json", { eager: true, import: "default" });
const markdown = await createMarkdownProcessor({ smartypants: false, syntaxHighlight: false });

const escape = (text: unknown) =>
  String(text).replace(/[&<>"]/g, (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[char]!);

async function one(entry: any): Promise<string> {
  if (entry.missing) return `<p><em>${escape(entry.text ?? "This comment is no longer there.")}</em></p>`;
  const name = `<strong>${escape(entry.author || "Anonymous")}</strong>`;
  const who = entry.author_url ? `<a href="${escape(entry.author_url)}" rel="nofollow ugc">${name}</a>` : name;
  const date = entry.date ?? "";
  const when = date && ` <time datetime="${escape(date)}">${escape(date.slice(0, 10))} ${escape(date.slice(11, 16))}</time>`;
  const mark = entry.id ? ` <a href="#comment-${entry.id}">#</a>` : "";
  const status = entry.status ? ` (${escape(entry.status)})` : "";
  return `<p>${who}${when}${mark}${status}</p>\n${(await markdown.render(entry.text ?? "")).code}`;
}

/** The threads of one text as HTML. A list is in reading order. */
export async function comments(key: unknown): Promise<string> {
  const data = files[`./comments/${key}.json`];
  if (!data) return "";
  const id = (entry: any) => (entry.id ? ` id="comment-${entry.id}"` : "");
  let html = "";
  if (data.comments.length) {
    let depth = 0;
    html += '<section class="comments" id="comments">\n<h2>Comments</h2>';
    for (const entry of data.comments) {
      html += entry.depth > depth ? "\n<ol>" : "\n</li>" + "\n</ol></li>".repeat(depth - entry.depth);
      depth = entry.depth;
      html += `\n<li${id(entry)}>${await one(entry)}`;
    }
    html += "\n</li></ol>".repeat(depth) + "\n</section>";
  }
  if (data.pings.length) {
    html += '\n<section class="comments" id="pings">\n<h2>Pingbacks</h2>';
    for (const entry of data.pings) html += `\n<div${id(entry)}>${await one(entry)}</div>`;
    html += "\n</section>";
  }
  return html;
}
