"""What stands around the posts, so that a generator builds them: configuration, layouts, pages of terms."""
