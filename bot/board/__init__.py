"""The board: pages on which members and curators read what their channels narrate and learn."""
