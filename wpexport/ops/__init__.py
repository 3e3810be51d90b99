"""Use cases: where sources, archive and export meet. They yield events and return a report."""
