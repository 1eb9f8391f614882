"""The suites of tests/run.py: table.py lists them, cases.py counts, process.py runs programs."""
