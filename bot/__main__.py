"""`python -m bot` is the `outloud` command."""

from bot.cli import main

main()
