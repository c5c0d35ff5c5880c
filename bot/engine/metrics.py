"""What an operator can watch, in Prometheus' terms; served at /metrics."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

EVENTS = Counter(
    "outloud_events", "Events that came in, by what became of them.", ["platform", "outcome"]
)
ACTS = Histogram("outloud_act_seconds", "Time to answer a command, press or form.", ["kind"])
SENDS = Counter(
    "outloud_sends", "Tries to post, edit or remove a message.", ["platform", "outcome"]
)
DEAD = Gauge("outloud_dead_messages", "Messages that were given up and wait for an operator.")
BRAKES = Counter("outloud_brakes", "Times a place paused because too much was sent there.")
TICKS = Histogram("outloud_tick_seconds", "Time to do what was due.", ["job"])
LATE = Counter(
    "outloud_prompts_dropped", "Prompts dropped because they were past their catch-up window."
)
