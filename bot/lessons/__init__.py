"""Lessons that travel: marked, agreed by their author, checked, relayed, followed, and confirmed or retired."""
