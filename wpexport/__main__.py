"""``python -m wpexport`` is the command ``wpexport``."""

from wpexport.cli import main

if __name__ == "__main__":
    main()
