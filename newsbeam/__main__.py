"""`python -m newsbeam` is the `newsbeam` command."""

from newsbeam.app.cli import main

if __name__ == "__main__":
    main()
