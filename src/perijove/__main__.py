"""The command line, as ``python -m perijove``."""

from perijove.cli.main import run

__all__: list[str] = []

if __name__ == "__main__":
    run()
