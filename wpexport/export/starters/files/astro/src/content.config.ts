// A starter: change it as you like, wpexport will not write it again.
import { defineCollection } from "astro:content";
import { glob } from "astro/loaders";
import { z } from "astro/zod";

const texts = defineCollection({
  loader: glob({ base: "./src/content", pattern: "**/*.md", generateId: ({ entry }) => entry }),
  schema: z
    .object({
      title: z.string(),
      permalink: z.string(),
      description: z.string().optional(),
      pubDate: z.coerce.date().optional(),
      updatedDate: z.coerce.date().optional(),
      draft: z.boolean().default(false),
    })
    .passthrough(),
});

export const collections = { texts };
