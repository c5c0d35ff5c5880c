"""The local chat in the browser, and the one HTTP application that carries everything."""

from adapters.web.board import board_routes
from adapters.web.feeds import feed_routes
from adapters.web.people import LocalChannel, LocalPerson
from adapters.web.send import LocalChat
from adapters.web.site import site

__all__ = ["LocalChannel", "LocalChat", "LocalPerson", "board_routes", "feed_routes", "site"]
