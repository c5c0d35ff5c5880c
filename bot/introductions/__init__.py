"""Introductions: two people who are near the same thing meet, when both want to."""
