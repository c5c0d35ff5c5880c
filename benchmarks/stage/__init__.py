"""What benchmarks stand on: databases, people, the running bot, and the file of results."""

from benchmarks.stage.databases import Databases
from benchmarks.stage.results import Result
from benchmarks.stage.stage import Stage

__all__ = ["Databases", "Result", "Stage"]
