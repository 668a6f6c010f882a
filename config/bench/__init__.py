"""The benchmarks of docs/performance.md, a module each: `run(options)` gives what was measured."""
