"""WXR, as WordPress' own importer takes it."""
