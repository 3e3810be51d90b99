"""Files derived from an archive; never read back."""
