"""Where an export goes: a folder, a packed file or loose files, and the ledger of what we wrote there."""
