"""What people and workspaces are called when two of them meet."""

from __future__ import annotations

_PLATFORMS = {"slack": "Slack", "discord": "Discord"}


def workspace_title(workspace_id: str, name: str) -> str:
    """A workspace as people know it: by its platform and the name it has there, else by its id."""
    platform, _, own_id = workspace_id.partition(":")
    if platform == "local":
        return "the local chat"
    return f"{name or own_id} on {_PLATFORMS.get(platform, platform.capitalize())}"


def person_title(name: str, workspace_id: str, workspace: str) -> str:
    """Somebody as one of several accounts: ``Ana in Harbour on Slack``."""
    return f"{name} in {workspace_title(workspace_id, workspace)}"
