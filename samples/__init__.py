"""A sample blog, invented by us and recorded from a real WordPress. Installed as ``wpexport.samples``."""
