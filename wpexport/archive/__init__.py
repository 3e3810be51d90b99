"""The folder on disk that a pull fills: plain text, and a valid BagIt bag (RFC 8493)."""
