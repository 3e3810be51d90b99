"""Where a blog is read from: its REST API, WordPress.com's API, its feeds, or an export file."""
