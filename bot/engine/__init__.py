"""Durable machinery that knows no feature: inbox, outbox, ticks, limits, wall clocks."""
