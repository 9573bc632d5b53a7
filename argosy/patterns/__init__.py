"""Runs of single patterns, and of several on one signal."""
