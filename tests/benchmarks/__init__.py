"""The benchmark: what answers cost, ours and the ways one would usually take. Run: make bench (docs/performance.md)."""
