"""Who somebody is: workspaces, people and their accounts, zones, quiet hours, times away."""
