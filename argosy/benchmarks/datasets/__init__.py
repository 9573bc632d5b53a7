"""Labelled data to measure on: the layouts that benchmarks are handed around in, read as collections of series."""
