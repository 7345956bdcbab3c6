# Everyday work; each recipe is also a line in CONTRIBUTING.md. `scripts/test` is what a change has to pass.

# List the recipes
default:
    @just --list

# Install missing system packages
setup:
    scripts/test setup

# Formatting, links, dependencies, Clippy
lint:
    scripts/test format links dependencies lint

# Every test but the fault tests
test:
    scripts/test test

# The official clients and the OpenAPI document
conformance:
    scripts/test conformance

# The figures of docs/performance.md
bench:
    scripts/bench
