"""Pull a WordPress blog into an archive that can be proved whole, and export it."""

__version__ = "0.1.0"
