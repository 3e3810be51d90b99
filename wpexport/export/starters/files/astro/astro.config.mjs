// A starter: change it as you like, wpexport will not write it again.
import { defineConfig } from "astro/config";
import site from "./src/site.json" with { type: "json" };

export default defineConfig({
  site: site.url,
  base: site.path,
  trailingSlash: "always",
  // WordPress has set the quotes and dashes already.
  markdown: { smartypants: false, syntaxHighlight: false },
  devToolbar: { enabled: false },
});
