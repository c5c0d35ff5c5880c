"""Benchmarks: each module beside `__main__` is one, named by what it measures.

One more is one more file with `cases(stage)`, an async generator of results. What it is compared with is measured
in the same run, so that a busy machine slows both.
"""
