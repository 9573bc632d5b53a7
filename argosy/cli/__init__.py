"""The commands, a module each, with a `register(app)` that `argosy.cli.app` calls.

Importing one brings typer and nothing heavier; what the command needs is imported when it runs.
"""
