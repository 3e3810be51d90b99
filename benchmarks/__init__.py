"""Speed, memory and losses, side by side with the tools that others use: ``python -m benchmarks --help``."""
