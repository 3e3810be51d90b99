"""Posts as Markdown files in a dialect: their places, front matter, links, comments and old addresses."""
