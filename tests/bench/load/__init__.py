"""The desk under a city's load: `python -m tests.bench.load renew|poll|fill`."""
