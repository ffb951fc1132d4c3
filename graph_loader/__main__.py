"""``python -m graph_loader`` is the command ``pactgraph``."""

from graph_loader.cli.main import main

if __name__ == "__main__":
    main()
